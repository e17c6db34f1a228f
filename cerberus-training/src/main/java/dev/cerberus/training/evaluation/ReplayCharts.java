package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plots of what other gates and trees would have given.
 */
final class ReplayCharts {

    private static final int SIGNAL_PARTS = 10;

    private ReplayCharts() {
    }

    /** Lines: mean accepts of tenths of the positions, sorted by each signal. */
    static Optional<Plot> signals(List<SignalAnalysis> signals) {
        if (signals.stream().anyMatch((signal) -> signal.positions() == 0)) {
            return Optional.empty();
        }
        String title = "Signal against accepted draft tokens";
        LinePlot plot = new LinePlot(title, "positions from the least to the most promising, by signal",
                "accepted draft tokens, mean");
        for (int i = 0; i < signals.size(); i++) {
            double[] means = meansByRank(signals.get(i));
            double[] x = new double[means.length];
            for (int part = 0; part < x.length; part++) {
                x[part] = (part + 0.5) / means.length;
            }
            plot.line(signals.get(i).signal().id(), PlotColours.ofSignal(i), x, means);
        }
        String sentence = signals.stream()
            .max(Comparator.comparingDouble(SignalAnalysis::areaUnderCurve))
            .map((best) -> {
                double[] means = meansByRank(best);
                return "The steeper a line, the better its signal foresees what a draft yields. The best by AUC is "
                        + best.signal().id() + ": " + BenchTable.decimal(means[0], 2)
                        + " accepted draft tokens where it promises least, "
                        + BenchTable.decimal(means[means.length - 1], 2) + " where it promises most.";
            })
            .orElseThrow();
        return Optional.of(new Plot("signal-against-accepts", title, sentence, plot.draw(sentence)));
    }

    private static double[] meansByRank(SignalAnalysis signal) {
        int n = signal.positions();
        int parts = Math.min(SIGNAL_PARTS, n);
        Integer[] order = new Integer[n];
        for (int i = 0; i < n; i++) {
            order[i] = i;
        }
        double sign = signal.signal().draftsBelow() ? -1 : 1;
        Arrays.sort(order, Comparator.comparingDouble((i) -> sign * signal.values()[i]));
        double[] means = new double[parts];
        for (int part = 0; part < parts; part++) {
            int from = part * n / parts;
            int to = (part + 1) * n / parts;
            for (int i = from; i < to; i++) {
                means[part] += signal.accepted()[order[i]] / (to - from);
            }
        }
        return means;
    }

    /** Lines: speedup over the share of steps that drafts, as the threshold moves. */
    static Plot thresholds(Map<String, List<Sweep.Point>> bySignal, double always, double adaptive) {
        String title = "Gain against threshold (replayed)";
        LinePlot plot = new LinePlot(title, "share of steps that draft at the threshold",
                "times as fast as plain decoding");
        List<String> names = new ArrayList<>(bySignal.keySet());
        bySignal.forEach((signal, points) -> {
            List<Sweep.Point> sorted = points.stream()
                .sorted(Comparator.comparingDouble((point) -> -point.result().skipShare()))
                .toList();
            if (!sorted.isEmpty()) {
                plot.line(signal, PlotColours.ofSignal(names.indexOf(signal)),
                        sorted.stream().mapToDouble((point) -> 1 - point.result().skipShare()).toArray(),
                        sorted.stream().mapToDouble((point) -> point.result().speedup()).toArray());
            }
        });
        plot.reference("always", PlotColours.of(BenchMode.CERBERUS_ALWAYS), 0, always, 1, always);
        plot.reference("adaptive", PlotColours.of(BenchMode.CERBERUS), 0, adaptive, 1, adaptive);
        double best = bySignal.values()
            .stream()
            .flatMap((points) -> Sweep.best(points).stream())
            .mapToDouble((point) -> point.result().speedup())
            .max()
            .orElse(1);
        String sentence = "The best threshold of any signal gives " + BenchTable.decimal(best, 2)
                + " times the speed of plain decoding, drafting always " + BenchTable.decimal(always, 2)
                + " and the adaptive gate, which needs no threshold, " + BenchTable.decimal(adaptive, 2) + ".";
        return new Plot("gain-against-threshold", title, sentence, plot.draw(sentence));
    }

    /** Lines: tokens per second of fixed tree sizes. */
    static Optional<Plot> treeSizes(List<Sweep.Point> dynamic, List<Sweep.Point> fixed, double adaptive) {
        Optional<Sweep.Point> best = Sweep.best(dynamic);
        if (best.isEmpty()) {
            return Optional.empty();
        }
        String title = "Tokens per second against tree size (replayed)";
        LinePlot plot = new LinePlot(title, "draft nodes of every step", "tokens/s");
        add(plot, "dynamic tree", PlotColours.ofSignal(0), dynamic);
        add(plot, "static tree", PlotColours.ofSignal(1), fixed);
        double last = dynamic.get(dynamic.size() - 1).setting();
        plot.reference("adaptive", PlotColours.of(BenchMode.CERBERUS), 1, adaptive, last, adaptive);
        String sentence = "Of trees of one size for every step, the dynamic one of "
                + BenchTable.decimal(best.get().setting(), 0) + " nodes is best, "
                + BenchTable.decimal(best.get().result().tokensPerSecond(), 0)
                + " tokens/s; choosing the size at every step gives " + BenchTable.decimal(adaptive, 0) + ".";
        return Optional.of(new Plot("tokens-per-second-against-tree-size", title, sentence, plot.draw(sentence)));
    }

    private static void add(LinePlot plot, String name, String colour, List<Sweep.Point> points) {
        if (!points.isEmpty()) {
            plot.line(name, colour, points.stream().mapToDouble(Sweep.Point::setting).toArray(),
                    points.stream().mapToDouble((point) -> point.result().tokensPerSecond()).toArray());
        }
    }

}
