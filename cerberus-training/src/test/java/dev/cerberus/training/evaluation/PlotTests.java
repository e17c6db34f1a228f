package dev.cerberus.training.evaluation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pictures of reports.
 */
class PlotTests {

    private static BenchOutcome outcome() {
        List<BenchRow> rows = Stream.of("math", BenchRow.ALL)
            .flatMap((category) -> Stream.of(row("autoregressive", category, 1), row("cerberus", category, 2.345)))
            .toList();
        return new BenchOutcome(rows, List.of(), List.of(new BenchOutcome.DepthCount("cerberus", 1, 10, 8)), List.of(),
                List.of(new BenchOutcome.Spread("cerberus", "math", 1.5, 3)));
    }

    private static BenchRow row(String mode, String category, double speedup) {
        return new BenchRow(mode, category, 10, 100, 1, 100, speedup, 2, 0, 0, 1, 1, 50, 50, 0, 100, 50,
                new SourceShares(1, 0, 0));
    }

    @Test
    void barsHaveTheirNumbersAndWhatTheyVaryBy() {
        Plot plot = BenchCharts.speedups(outcome());
        assertThat(plot.svg().split(">2\\.35</text>")).hasSize(3);
        // one spread, drawn as a line with two ends
        assertThat(plot.svg().split("stroke=\"#000000\"")).hasSize(4);
        assertThat(plot.sentence()).startsWith(
                "Over all prompts cerberus is the fastest drafting mode, 2.35 times as fast as plain decoding; its lowest "
                        + "category is math with 2.35.");
    }

    @Test
    void modeHasItsColourInEveryPlot() {
        String colour = PlotColours.of(BenchMode.CERBERUS);
        ReplayResult result = new ReplayResult(10, 5, 5, 1, 10, 5, 1, 2);
        assertThat(BenchCharts.speedups(outcome()).svg()).contains("fill=\"" + colour + "\"");
        assertThat(Stream.of(BenchCharts.acceptanceByDepth(outcome()),
                BenchCharts.predictions(List.of(new BenchOutcome.PredictionBin(3, 1, 1))),
                Optional.of(ReplayCharts.thresholds(Map.of(), 2, 2)),
                ReplayCharts.treeSizes(List.of(new Sweep.Point(4, result)), List.of(), 3)))
            .allSatisfy((plot) -> assertThat(plot.orElseThrow().svg()).contains("stroke=\"" + colour + "\""));
    }

    @ParameterizedTest
    @CsvSource({ "1, 0.2, 6", "0.97, 0.2, 6", "2.4, 0.5, 6", "8, 1, 9", "1300, 200, 8", "0.03, 0.005, 7" })
    void axesHaveRoundTicksThatHoldEverything(double most, double step, int ticks) {
        PlotAxis axis = PlotAxis.upTo(most);
        assertThat(axis.step()).isCloseTo(step, Percentage.withPercentage(0.001));
        assertThat(axis.ticks()).isEqualTo(ticks);
        assertThat(axis.end()).isGreaterThanOrEqualTo(most);
        assertThat(axis.label(0)).startsWith("0");
    }

    /**
     * Colours seen with one kind of cones missing (Viénot, Brettel and Mollon 1999) are
     * still apart, by their distance in CIE Lab.
     */
    @ParameterizedTest
    @ValueSource(strings = { "all", "protan", "deutan" })
    void coloursOfModesCanBeToldApart(String eyes) {
        List<double[]> seen = Stream.of(BenchMode.values())
            .map(PlotColours::of)
            .map((each) -> seen(each, eyes))
            .toList();
        for (int i = 0; i < seen.size(); i++) {
            for (int k = 0; k < i; k++) {
                double[] a = seen.get(i);
                double[] b = seen.get(k);
                double distance = Math
                    .sqrt(IntStream.range(0, 3).mapToDouble((at) -> (a[at] - b[at]) * (a[at] - b[at])).sum());
                assertThat(distance).as(eyes + " " + BenchMode.values()[i] + " " + BenchMode.values()[k])
                    .isGreaterThan(11);
            }
        }
    }

    private static double[] seen(String colour, String eyes) {
        double[] rgb = IntStream.of(1, 3, 5)
            .mapToDouble((at) -> linear(Integer.parseInt(colour.substring(at, at + 2), 16) / 255.0))
            .toArray();
        double[] as = switch (eyes) {
            case "protan" -> new double[] { 0.11238 * rgb[0] + 0.88762 * rgb[1], 0.11238 * rgb[0] + 0.88762 * rgb[1],
                    0.00401 * rgb[0] - 0.00401 * rgb[1] + rgb[2] };
            case "deutan" -> new double[] { 0.29275 * rgb[0] + 0.70725 * rgb[1], 0.29275 * rgb[0] + 0.70725 * rgb[1],
                    -0.02234 * rgb[0] + 0.02234 * rgb[1] + rgb[2] };
            default -> rgb;
        };
        double x = cube((0.4124 * as[0] + 0.3576 * as[1] + 0.1805 * as[2]) / 0.9505);
        double y = cube(0.2126 * as[0] + 0.7152 * as[1] + 0.0722 * as[2]);
        double z = cube((0.0193 * as[0] + 0.1192 * as[1] + 0.9505 * as[2]) / 1.089);
        return new double[] { 116 * y - 16, 500 * (x - y), 200 * (y - z) };
    }

    private static double linear(double value) {
        return (value <= 0.04045) ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static double cube(double value) {
        return (value > 0.008856) ? Math.cbrt(value) : 7.787 * value + 16.0 / 116;
    }

}
