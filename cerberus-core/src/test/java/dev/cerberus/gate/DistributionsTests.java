package dev.cerberus.gate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.cerberus.testing.TestData;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DistributionsTests {

    private static double[] softmax(float[] logits) {
        double max = IntStream.range(0, logits.length).mapToDouble((i) -> logits[i]).max().orElseThrow();
        double[] weights = IntStream.range(0, logits.length).mapToDouble((i) -> Math.exp(logits[i] - max)).toArray();
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= total;
        }
        return weights;
    }

    private static double naiveEntropy(float[] logits) {
        double entropy = 0;
        for (double p : softmax(logits)) {
            entropy -= (p == 0) ? 0 : p * Math.log(p);
        }
        return entropy;
    }

    private static double naiveMargin(float[] logits) {
        double[] sorted = softmax(logits);
        Arrays.sort(sorted);
        return sorted[sorted.length - 1] - sorted[sorted.length - 2];
    }

    @Test
    void figuresEqualTheNaiveOnes() {
        RandomGenerator random = GateSimulation.random(4);
        for (int round = 0; round < 300; round++) {
            float[] logits = new float[2 + random.nextInt(200)];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) (random.nextDouble() * 20 * random.nextGaussian());
            }
            assertThat(Distributions.entropyNats(logits)).isCloseTo(naiveEntropy(logits), within(1e-9));
            assertThat(Distributions.top1Margin(logits)).isCloseTo(naiveMargin(logits), within(1e-12));
        }
    }

    @Test
    void uniformHasTheLargestEntropyAndNoMargin() {
        float[] logits = new float[64];
        assertThat(Distributions.entropyNats(logits)).isCloseTo(Math.log(64), within(1e-12));
        assertThat(Distributions.top1Margin(logits)).isZero();
    }

    @Test
    void certaintyHasNoEntropyAndFullMargin() {
        float[] logits = { Float.NEGATIVE_INFINITY, 3, Float.NEGATIVE_INFINITY };
        assertThat(Distributions.entropyNats(logits)).isZero();
        assertThat(Distributions.top1Margin(logits)).isEqualTo(1);
    }

    @Test
    void largeLogitsDoNotOverflow() {
        float[] logits = { 3e38f, 3e38f, -3e38f };
        assertThat(Distributions.entropyNats(logits)).isCloseTo(Math.log(2), within(1e-12));
        assertThat(Distributions.top1Margin(logits)).isZero();
    }

    @Test
    void rowsThatAreNotNumbersHaveNoFigures() {
        float[] logits = { 1, Float.NaN, 2 };
        assertThat(Distributions.entropyNats(logits)).isNaN();
        assertThat(Distributions.top1Margin(logits)).isNaN();
    }

    @Test
    void figuresOfARealRowEqualTheNaiveOnes() throws IOException {
        List<String> lines = Files
            .readAllLines(TestData.require("oracle/stories15M-first-logits.csv"), StandardCharsets.UTF_8)
            .stream()
            .filter((line) -> !line.isBlank())
            .toList();
        float[] logits = new float[lines.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = Float.parseFloat(lines.get(i));
        }
        assertThat(logits).hasSize(32_000);
        assertThat(Distributions.entropyNats(logits)).isCloseTo(naiveEntropy(logits), within(1e-9))
            .isBetween(0.0, Math.log(32_000));
        assertThat(Distributions.top1Margin(logits)).isCloseTo(naiveMargin(logits), within(1e-12));
    }

}
