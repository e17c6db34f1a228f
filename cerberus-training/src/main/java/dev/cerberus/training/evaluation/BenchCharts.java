package dev.cerberus.training.evaluation;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.imageio.ImageIO;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The plots of a report, as PNG files in one directory.
 */
final class BenchCharts {

    private static final int WIDTH = 1000;

    private static final int HEIGHT = 520;

    private static final int SIGNAL_PARTS = 10;

    private final Path directory;

    BenchCharts(Path directory) {
        this.directory = directory;
    }

    /** Bars: speedup of every mode by category. */
    String speedups(BenchOutcome outcome) {
        CategoryChart chart = new CategoryChartBuilder().width(WIDTH)
            .height(HEIGHT)
            .title("Speedup by category")
            .yAxisTitle("times autoregressive")
            .build();
        style(chart);
        chart.getStyler().setXAxisLabelRotation(30);
        List<String> categories = new ArrayList<>(outcome.categories());
        categories.add(BenchRow.ALL);
        for (String mode : outcome.modes()) {
            List<Double> values = categories.stream()
                .map((category) -> outcome.row(BenchMode.ofId(mode), category).speedup())
                .toList();
            chart.addSeries(mode, categories, values);
        }
        return save(chart, "speedup-by-category");
    }

    /** Lines: share of the steps drafted to a depth that kept a token there. */
    String acceptanceByDepth(BenchOutcome outcome) {
        XYChart chart = lines("Acceptance by depth", "depth", "accepted / drafted to the depth");
        Map<String, List<BenchOutcome.DepthCount>> byMode = new TreeMap<>();
        for (BenchOutcome.DepthCount count : outcome.depths()) {
            byMode.computeIfAbsent(count.mode(), (mode) -> new ArrayList<>()).add(count);
        }
        if (byMode.isEmpty()) {
            return "";
        }
        byMode.forEach((mode, counts) -> chart.addSeries(mode,
                counts.stream().mapToDouble(BenchOutcome.DepthCount::depth).toArray(),
                counts.stream().mapToDouble((count) -> (double) count.accepted() / count.drafted()).toArray()));
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
        return save(chart, "acceptance-by-depth");
    }

    /** Lines: mean accepts of tenths of the positions, sorted by each signal. */
    String signals(List<SignalAnalysis> signals) {
        if (signals.stream().anyMatch((signal) -> signal.positions() == 0)) {
            return "";
        }
        XYChart chart = lines("Signal against accepted draft tokens",
                "positions from the least to the most promising, by signal", "accepted draft tokens, mean");
        for (SignalAnalysis signal : signals) {
            double[] means = meansByRank(signal);
            double[] x = new double[means.length];
            for (int i = 0; i < x.length; i++) {
                x[i] = (i + 0.5) / means.length;
            }
            chart.addSeries(signal.signal().id(), x, means);
        }
        return save(chart, "signal-against-accepts");
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
    String thresholds(Map<String, List<Sweep.Point>> bySignal, double always, double adaptive) {
        XYChart chart = lines("Gain against threshold (replayed)", "share of steps that draft at the threshold",
                "times autoregressive");
        bySignal.forEach((signal, points) -> {
            List<Sweep.Point> sorted = points.stream()
                .sorted(Comparator.comparingDouble((point) -> -point.result().skipShare()))
                .toList();
            if (!sorted.isEmpty()) {
                chart.addSeries(signal,
                        sorted.stream().mapToDouble((point) -> 1 - point.result().skipShare()).toArray(),
                        sorted.stream().mapToDouble((point) -> point.result().speedup()).toArray());
            }
        });
        level(chart, "always", always);
        level(chart, "adaptive", adaptive);
        return save(chart, "gain-against-threshold");
    }

    private static void level(XYChart chart, String name, double value) {
        XYSeries series = chart.addSeries(name, new double[] { 0, 1 }, new double[] { value, value });
        series.setMarker(SeriesMarkers.NONE);
    }

    /** Lines: tokens per second of fixed tree sizes. */
    String treeSizes(List<Sweep.Point> dynamic, List<Sweep.Point> fixed, double adaptive) {
        if (dynamic.isEmpty()) {
            return "";
        }
        XYChart chart = lines("Tokens per second against tree size (replayed)", "draft nodes of every step",
                "tokens/s");
        add(chart, "dynamic tree", dynamic);
        add(chart, "static tree", fixed);
        double last = dynamic.get(dynamic.size() - 1).setting();
        chart.addSeries("adaptive", new double[] { 1, last }, new double[] { adaptive, adaptive })
            .setMarker(SeriesMarkers.NONE);
        return save(chart, "tokens-per-second-against-tree-size");
    }

    private static void add(XYChart chart, String name, List<Sweep.Point> points) {
        if (!points.isEmpty()) {
            chart.addSeries(name, points.stream().mapToDouble(Sweep.Point::setting).toArray(),
                    points.stream().mapToDouble((point) -> point.result().tokensPerSecond()).toArray());
        }
    }

    /** Dots: what the adaptive gate expected of its drafts, and what was accepted. */
    String predictions(List<BenchOutcome.PredictionBin> bins) {
        if (bins.isEmpty()) {
            return "";
        }
        XYChart chart = lines("Prediction of the adaptive gate against what happened",
                "accepted draft tokens expected, mean of a group of steps", "accepted, mean");
        double[] expected = bins.stream().mapToDouble(BenchOutcome.PredictionBin::expected).toArray();
        chart.addSeries("steps that drafted", expected,
                bins.stream().mapToDouble(BenchOutcome.PredictionBin::accepted).toArray());
        double most = Math.max(expected[expected.length - 1], 0.1);
        chart.addSeries("exact prediction", new double[] { 0, most }, new double[] { 0, most })
            .setMarker(SeriesMarkers.NONE);
        return save(chart, "prediction-of-the-adaptive-gate");
    }

    private static XYChart lines(String title, String x, String y) {
        XYChart chart = new XYChartBuilder().width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
        style(chart);
        return chart;
    }

    private static void style(Chart<? extends AxesChartStyler, ?> chart) {
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setPlotBorderVisible(false);
    }

    private String save(Chart<?, ?> chart, String name) {
        String file = name + ".png";
        try {
            if (!ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", this.directory.resolve(file).toFile())) {
                throw new EvaluationException("This Java runtime can not write PNG files; run without --report");
            }
        }
        catch (IOException ex) {
            throw new EvaluationException(
                    "The plot " + this.directory.resolve(file) + " can not be written: " + ex.getMessage(), ex);
        }
        return "![" + chart.getTitle() + "](" + file + ")\n\n";
    }

}
