package dev.cerberus.cli;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.cerberus.engine.Calibration;
import dev.cerberus.engine.Calibration.SignalFit;
import dev.cerberus.engine.Calibration.StaticTree;
import dev.cerberus.training.TrainingReport;
import dev.cerberus.training.evaluation.BenchMode;
import dev.cerberus.training.evaluation.BenchRow;

/**
 * What measurements mean, for people: which settings to use and what to expect of them.
 */
final class Verdicts {

    /** Less than this is within what a machine varies by itself. */
    private static final double NOISE = 0.05;

    private Verdicts() {
    }

    /**
     * Returns the verdict of a comparison of modes.
     * @param rows the rows of all modes and categories
     * @return one or more sentences
     */
    static String ofBench(List<BenchRow> rows) {
        List<BenchRow> all = rows.stream().filter((row) -> row.category().equals(BenchRow.ALL)).toList();
        Optional<BenchRow> best = all.stream()
            .filter((row) -> !row.mode().equals(BenchMode.AUTOREGRESSIVE.id()))
            .max(Comparator.comparingDouble(BenchRow::speedup));
        if (best.isEmpty()) {
            return "Only plain decoding was measured; add other --modes to know what drafting gains.";
        }
        if (all.stream().noneMatch((row) -> row.mode().equals(BenchMode.AUTOREGRESSIVE.id()))) {
            return "Without mode autoregressive there is nothing to compare with.";
        }
        BenchRow row = best.get();
        if (row.speedup() < 1 + NOISE) {
            return "Drafting does not pay on these prompts: the best mode, " + row.mode() + ", is "
                    + times(row.speedup()) + " as fast as plain decoding. Use gate mode never.";
        }
        StringBuilder verdict = new StringBuilder("Use ").append(row.mode())
            .append(": expect ")
            .append(times(row.speedup()))
            .append(" the speed of plain decoding on such prompts, and ")
            .append((row.identical() == 1) ? "the same tokens."
                    : String.format(Locale.ROOT, "the same tokens in %.1f %% of the answers.", 100 * row.identical()));
        gate(all).ifPresent((sentence) -> verdict.append(' ').append(sentence));
        return verdict.append(control(all)).toString();
    }

    /*
     * Prompts are read alike in all modes, in turn: how much that differs is what the
     * machine does to a comparison.
     */
    private static String control(List<BenchRow> all) {
        DoubleSummaryStatistics reading = all.stream().mapToDouble(BenchRow::prefillSeconds).summaryStatistics();
        if (reading.getMin() <= 0) {
            return "";
        }
        return String.format(Locale.ROOT,
                " Reading the prompts, the same work in all modes, took up to %.1f %% longer in one than in another: smaller "
                        + "differences of modes are the machine's.",
                100 * (reading.getMax() / reading.getMin() - 1));
    }

    private static Optional<String> gate(List<BenchRow> all) {
        Optional<BenchRow> always = mode(all, BenchMode.CERBERUS_ALWAYS);
        Optional<BenchRow> adaptive = mode(all, BenchMode.CERBERUS);
        if (always.isEmpty() || adaptive.isEmpty()) {
            return Optional.empty();
        }
        double gain = adaptive.get().speedup() / always.get().speedup() - 1;
        if (Math.abs(gain) < NOISE) {
            return Optional.of("The adaptive gate gains nothing over always drafting here.");
        }
        return Optional.of(String.format(Locale.ROOT, "The adaptive gate %s %.0f %% against always drafting.",
                (gain > 0) ? "gains" : "loses", 100 * Math.abs(gain)));
    }

    private static Optional<BenchRow> mode(List<BenchRow> all, BenchMode mode) {
        return all.stream().filter((row) -> row.mode().equals(mode.id())).findFirst();
    }

    /**
     * Returns the verdict of a calibration.
     * @param calibration what was measured
     * @param out where it was written
     * @return one or more sentences
     */
    static String ofCalibration(Calibration calibration, Path out) {
        double[] seconds = calibration.costs().stepSeconds();
        Optional<StaticTree> tree = calibration.trees()
            .stream()
            .filter((each) -> each.nodes() < seconds.length)
            .max(Comparator.comparingDouble((each) -> speedup(each, calibration)));
        Optional<SignalFit> signal = calibration.signals().stream().max(Comparator.comparingDouble(SignalFit::speedup));
        StringBuilder verdict = new StringBuilder("Use it: ").append(found(out, "cerberus-calibration.json",
                "beside the model it is found by itself, elsewhere an application names it in cerberus.gate.calibration.",
                "an application names it in cerberus.gate.calibration; as cerberus-calibration.json beside the model "
                        + "it is found by itself."));
        signal.ifPresent((best) -> verdict.append(String.format(Locale.ROOT,
                " Of the thresholds, %s at %.3f is best: expect %s the speed of plain decoding.", best.signal(),
                best.threshold(), times(best.speedup()))));
        tree.ifPresent((best) -> verdict.append(String.format(Locale.ROOT,
                " Of the static trees, that of %d nodes is best when it is always drafted: %s.", best.nodes(),
                times(speedup(best, calibration)))));
        return verdict.append(" The adaptive gate needs no threshold; cerberus bench measures all of them.").toString();
    }

    private static double speedup(StaticTree tree, Calibration calibration) {
        double[] seconds = calibration.costs().stepSeconds();
        return (1 + tree.acceptedDraftTokens()) * seconds[0]
                / (seconds[tree.nodes()] + calibration.costs().headsSeconds());
    }

    /**
     * Returns the verdict of a training.
     * @param report what was trained
     * @param model the target model as the user named it
     * @return one or more sentences
     */
    static String ofTraining(TrainingReport report, String model) {
        double chain = 1;
        double tokens = 1;
        for (double[] shares : report.accuracy()) {
            chain *= shares[0];
            tokens += chain;
        }
        return String.format(Locale.ROOT, "Use it: %s The heads' first guesses alone would give about %.1f tokens per "
                + "step. What that is worth on this machine: cerberus bench --model %s --heads %s --prompts FILE",
                found(report.file(), "cerberus-heads.safetensors", "beside the model it is found by itself.",
                        "name it with --heads, an application in cerberus.heads.location; as "
                                + "cerberus-heads.safetensors beside the model it is found by itself."),
                tokens, model, report.file());
    }

    private static String found(Path file, String usual, String byItself, String named) {
        return file.endsWith(usual) ? byItself : named;
    }

    private static String times(double factor) {
        return String.format(Locale.ROOT, "%.2f times", factor);
    }

}
