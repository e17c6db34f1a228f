package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plots of what was measured.
 */
final class BenchCharts {

    private BenchCharts() {
    }

    /** Bars: speedup of every mode by category. */
    static Plot speedups(BenchOutcome outcome) {
        BarPlot plot = new BarPlot("Speedup by category", "times as fast as plain decoding");
        List<String> categories = new ArrayList<>(outcome.categories());
        categories.add(BenchRow.ALL);
        for (String category : categories) {
            List<BarPlot.Bar> bars = new ArrayList<>();
            for (String name : outcome.modes()) {
                BenchMode mode = BenchMode.ofId(name);
                bars.add(new BarPlot.Bar(name, PlotColours.of(mode), outcome.row(mode, category).speedup(),
                        outcome.spread(name, category)
                            .map((spread) -> new double[] { spread.lowerQuartile(), spread.upperQuartile() })));
            }
            plot.group(category, bars);
        }
        String sentence = fastest(outcome) + " The thin line over a bar spans the middle half of its single prompts.";
        return new Plot("speedup-by-category", "Speedup by category", sentence, plot.draw(sentence));
    }

    private static String fastest(BenchOutcome outcome) {
        Optional<BenchRow> best = outcome.modes()
            .stream()
            .filter((mode) -> !mode.equals(BenchMode.AUTOREGRESSIVE.id()))
            .map((mode) -> outcome.row(BenchMode.ofId(mode), BenchRow.ALL))
            .max(Comparator.comparingDouble(BenchRow::speedup));
        if (best.isEmpty()) {
            return "Only plain decoding was measured.";
        }
        String mode = best.get().mode();
        String sentence = "Over all prompts " + mode + " is the fastest drafting mode, "
                + BenchTable.decimal(best.get().speedup(), 2) + " times as fast as plain decoding";
        Optional<BenchRow> lowest = outcome.categories()
            .stream()
            .map((category) -> outcome.row(BenchMode.ofId(mode), category))
            .min(Comparator.comparingDouble(BenchRow::speedup));
        return sentence + lowest
            .map((row) -> "; its lowest category is " + row.category() + " with " + BenchTable.decimal(row.speedup(), 2)
                    + ".")
            .orElse(".");
    }

    /** Lines: share of the steps drafted to a depth that kept a token there. */
    static Optional<Plot> acceptanceByDepth(BenchOutcome outcome) {
        Map<String, List<BenchOutcome.DepthCount>> byMode = new LinkedHashMap<>();
        for (BenchOutcome.DepthCount count : outcome.depths()) {
            byMode.computeIfAbsent(count.mode(), (mode) -> new ArrayList<>()).add(count);
        }
        if (byMode.isEmpty()) {
            return Optional.empty();
        }
        LinePlot plot = new LinePlot("Acceptance by depth", "depth of a draft token",
                "kept, of steps that drafted so deep")
            .upTo(1);
        byMode.forEach((mode, counts) -> plot.line(mode, PlotColours.of(BenchMode.ofId(mode)),
                counts.stream().mapToDouble(BenchOutcome.DepthCount::depth).toArray(),
                counts.stream().mapToDouble(BenchCharts::kept).toArray()));
        List<String> modes = List.copyOf(byMode.keySet());
        String last = modes.get(modes.size() - 1);
        List<BenchOutcome.DepthCount> counts = byMode.getOrDefault(last, List.of());
        BenchOutcome.DepthCount deepest = counts.get(counts.size() - 1);
        String sentence = "Of the steps of " + last + " that drafted, " + BenchTable.percent(kept(counts.get(0)))
                + " kept the first token of a draft; of those that drafted to depth " + deepest.depth() + ", "
                + BenchTable.percent(kept(deepest)) + " kept one there.";
        return Optional.of(new Plot("acceptance-by-depth", "Acceptance by depth", sentence, plot.draw(sentence)));
    }

    private static double kept(BenchOutcome.DepthCount count) {
        return (double) count.accepted() / count.drafted();
    }

    /** Dots: what the adaptive gate expected of its drafts, and what was accepted. */
    static Optional<Plot> predictions(List<BenchOutcome.PredictionBin> bins) {
        if (bins.isEmpty()) {
            return Optional.empty();
        }
        String title = "Prediction of the adaptive gate against what happened";
        LinePlot plot = new LinePlot(title, "accepted draft tokens expected, mean of a group of steps",
                "accepted, mean");
        double[] expected = bins.stream().mapToDouble(BenchOutcome.PredictionBin::expected).toArray();
        plot.line("steps that drafted", PlotColours.of(BenchMode.CERBERUS), expected,
                bins.stream().mapToDouble(BenchOutcome.PredictionBin::accepted).toArray());
        double most = Math.max(expected[expected.length - 1], 0.1);
        plot.reference("exact prediction", PlotColours.REFERENCE, 0, 0, most, most);
        double steps = bins.stream().mapToDouble(BenchOutcome.PredictionBin::steps).sum();
        String sentence = "Per step that drafted, the gate expected "
                + BenchTable.decimal(bins.stream().mapToDouble((bin) -> bin.steps() * bin.expected()).sum() / steps, 2)
                + " accepted draft tokens, and "
                + BenchTable.decimal(bins.stream().mapToDouble((bin) -> bin.steps() * bin.accepted()).sum() / steps, 2)
                + " were accepted; above the straight line drafts did better than expected.";
        return Optional.of(new Plot("prediction-of-the-adaptive-gate", title, sentence, plot.draw(sentence)));
    }

}
