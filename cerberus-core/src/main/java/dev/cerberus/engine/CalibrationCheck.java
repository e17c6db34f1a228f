package dev.cerberus.engine;

import org.jspecify.annotations.Nullable;

/**
 * The check that the values of a calibration file are there and in range. Each failure is
 * an {@link IllegalArgumentException} that names the field.
 */
final class CalibrationCheck {

    // Means of numbers up to 1 may come out a little above it.
    private static final double ROUNDING = 1e-3;

    private CalibrationCheck() {
    }

    static void check(Calibration calibration) {
        Calibration.Source source = present("source", calibration.source());
        present("source.model", source.model());
        present("source.targetSha256", source.targetSha256());
        present("source.headsKind", source.headsKind());
        present("source.condition", source.condition());
        present("source.prompts", source.prompts());
        number("source.temperature", source.temperature(), 0, Double.MAX_VALUE);
        number("source.headCount", source.headCount(), 0, Integer.MAX_VALUE);
        number("source.answers", source.answers(), 0, Integer.MAX_VALUE);
        number("source.positions", source.positions(), 0, Integer.MAX_VALUE);
        number("source.maxNodes", source.maxNodes(), 0, Integer.MAX_VALUE);
        Calibration.Machine machine = present("machine", calibration.machine());
        present("machine.os", machine.os());
        present("machine.device", machine.device());
        present("machine.precision", machine.precision());
        Calibration.Costs costs = present("costs", calibration.costs());
        numbers("costs.stepSeconds", costs.stepSeconds(), Double.MAX_VALUE);
        number("costs.headsSeconds", costs.headsSeconds(), 0, Double.MAX_VALUE);
        for (Calibration.StaticTree tree : calibration.trees()) {
            present("trees.shape", tree.shape());
            number("trees.nodes", tree.nodes(), 0, Integer.MAX_VALUE);
            number("trees.acceptedDraftTokens", tree.acceptedDraftTokens(), 0, Double.MAX_VALUE);
        }
        for (Calibration.SignalFit fit : calibration.signals()) {
            String field = "signals." + present("signals.signal", fit.signal());
            defined(field + ".spearman", fit.spearman());
            defined(field + ".auc", fit.auc());
            defined(field + ".threshold", fit.threshold());
            defined(field + ".speedup", fit.speedup());
        }
        for (Calibration.HeadAccuracy head : calibration.heads()) {
            number("heads.positions", head.positions(), 0, Integer.MAX_VALUE);
            numbers("heads.accuracyByRank", head.accuracyByRank(), 1 + ROUNDING);
        }
        for (Calibration.ReliabilityBin bin : calibration.reliability()) {
            number("reliability.positions", bin.positions(), 0, Integer.MAX_VALUE);
            number("reliability.probability", bin.probability(), 0, 1 + ROUNDING);
            number("reliability.accuracy", bin.accuracy(), 0, 1 + ROUNDING);
        }
    }

    private static <T> T present(String field, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing or null");
        }
        return value;
    }

    private static void numbers(String field, double @Nullable [] values, double largest) {
        for (double value : present(field, values)) {
            number(field, value, 0, largest);
        }
    }

    private static void number(String field, double value, double least, double largest) {
        if (!(value >= least && value <= largest)) {
            throw new IllegalArgumentException(field + " must be a number "
                    + ((largest < 2) ? "in 0..1" : "of at least " + (long) least) + ", was " + value);
        }
    }

    private static void defined(String field, double value) {
        if (Double.isInfinite(value)) {
            throw new IllegalArgumentException(field + " must be finite, was " + value);
        }
    }

}
