package dev.cerberus.sample;

import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GumbelNoiseTests {

    private static final double EULER = 0.5772156649015329;

    private static final int SAMPLES = 200_000;

    /**
     * Written down once: another value would change every text ever sampled with a seed.
     */
    @ParameterizedTest
    @CsvSource({ "0, 0, 0, -0.08116903215863935", "0, 0, 1, -0.2719792283174781", "0, 1, 0, 2.9555677686376263",
            "1, 0, 0, 0.1772064934697003", "42, 4095, 31999, -0.01706197652772846", "-1, 7, 151935, -0.689105801589806",
            "-9223372036854775808, 123456, 2, -0.006444607891892267" })
    void noiseOfAPositionNeverChanges(long seed, long position, int token, double noise) {
        assertThat(GumbelNoise.at(GumbelNoise.key(seed, position), token)).isCloseTo(noise, within(1e-12));
    }

    @Test
    void tokensOfAPositionAreStandardGumbel() {
        long key = GumbelNoise.key(42, 7);
        assertStandardGumbel((token) -> GumbelNoise.at(key, token));
    }

    @Test
    void positionsOfATokenAreStandardGumbel() {
        assertStandardGumbel((position) -> GumbelNoise.at(GumbelNoise.key(42, position), 7));
    }

    @Test
    void seedsOfAPositionAreStandardGumbel() {
        assertStandardGumbel((seed) -> GumbelNoise.at(GumbelNoise.key(seed, 3), 7));
    }

    /**
     * Mean γ, variance π²/6; the bounds are some five standard errors of that many
     * samples.
     */
    private static void assertStandardGumbel(IntToDoubleFunction noise) {
        double[] values = IntStream.range(0, SAMPLES).mapToDouble(noise).toArray();
        double mean = mean(values);
        double variance = 0;
        double lagged = 0;
        int belowMedian = 0;
        for (int i = 0; i < SAMPLES; i++) {
            variance += (values[i] - mean) * (values[i] - mean) / SAMPLES;
            lagged += (values[i] - mean) * (values[(i + 1) % SAMPLES] - mean) / SAMPLES;
            belowMedian += (values[i] < -Math.log(Math.log(2))) ? 1 : 0;
        }
        double expectedVariance = Math.PI * Math.PI / 6;
        assertThat(mean).isCloseTo(EULER, within(0.015));
        assertThat(variance).isCloseTo(expectedVariance, within(0.05));
        assertThat(lagged / variance).as("correlation of neighbours").isCloseTo(0, within(0.012));
        assertThat((double) belowMedian / SAMPLES).isCloseTo(0.5, within(0.006));
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    @Test
    void mayExceedIsNeverWrongAboutNoAndSeldomSaysYesInVain() {
        SplittableRandom random = new SplittableRandom(4);
        long key = GumbelNoise.key(9, 100);
        int asked = 0;
        int yes = 0;
        for (int token = 0; token < 200_000; token++) {
            double noise = GumbelNoise.at(key, token);
            assertThat(GumbelNoise.mayExceed(key, token, Math.nextDown(noise))).isTrue();
            assertThat(GumbelNoise.mayExceed(key, token, noise - 1e-12)).isTrue();
            double bound = random.nextDouble(0, 12);
            boolean may = GumbelNoise.mayExceed(key, token, bound);
            assertThat(may || noise <= bound).isTrue();
            asked += (bound > 6) ? 1 : 0;
            yes += (bound > 6 && may) ? 1 : 0;
        }
        assertThat(yes).isPositive().isLessThan(asked / 500);
        assertThat(GumbelNoise.mayExceed(key, 1, Double.POSITIVE_INFINITY)).isFalse();
        assertThat(GumbelNoise.mayExceed(key, 1, Double.NEGATIVE_INFINITY)).isTrue();
    }

    @Test
    void noiseIsFiniteAndAtMostMax() {
        double largest = IntStream.range(0, SAMPLES).mapToDouble((i) -> GumbelNoise.at(i, i)).max().orElseThrow();
        double smallest = IntStream.range(0, SAMPLES).mapToDouble((i) -> GumbelNoise.at(i, i)).min().orElseThrow();
        assertThat(largest).isLessThanOrEqualTo(GumbelNoise.MAX);
        // The smallest uniform number is 2^-53.
        assertThat(smallest).isGreaterThanOrEqualTo(-Math.log(53 * Math.log(2)) - 1e-12);
        // The largest is 1 - 2^-53, whose logarithm is -2^-53 but for rounding.
        assertThat(GumbelNoise.MAX).isFinite().isCloseTo(53 * Math.log(2), within(1e-9));
    }

}
