package dev.cerberus.sample;

import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TokenSamplerTests {

    private static final float NONE = Float.NEGATIVE_INFINITY;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(17);

    private static int greedy(float... logits) {
        return new TokenSampler(SamplingOptions.GREEDY).choose(logits, 0);
    }

    @Test
    void greedyTakesTheLargestAndTheSmallestIdAmongEquals() {
        assertThat(greedy(1, 3, 2)).isEqualTo(1);
        assertThat(greedy(1, 3, 3, 3)).isEqualTo(1);
        assertThat(greedy(NONE, -5, NONE)).isEqualTo(1);
        assertThat(greedy(-0.0f, 0.0f)).isZero();
        assertThat(greedy(2)).isZero();
    }

    @Test
    void choiceEqualsTheNaiveOne() {
        for (int round = 0; round < 3000; round++) {
            float[] logits = row(1 + this.random.nextInt(60));
            SamplingOptions options = new SamplingOptions(0.05 + 3 * this.random.nextDouble(),
                    this.random.nextBoolean() ? 0 : 1 + this.random.nextInt(70),
                    this.random.nextBoolean() ? 1 : 1 - this.random.nextDouble(), this.random.nextLong());
            int position = this.random.nextInt(4096);
            assertThat(new TokenSampler(options).choose(logits, position))
                .as("%s at %d of %s", options, position, Arrays.toString(logits))
                .isEqualTo(naive(options, logits, position));
        }
    }

    @Test
    void choiceOfALargeRowEqualsTheNaiveOne() {
        TokenSampler reused = new TokenSampler(new SamplingOptions(0.9, 50, 0.9, 4));
        for (int position = 0; position < 30; position++) {
            float[] logits = row(20_000);
            assertThat(reused.choose(logits, position))
                .isEqualTo(naive(new SamplingOptions(0.9, 50, 0.9, 4), logits, position));
        }
    }

    /**
     * Rows with ties and tokens ruled out; the first token is always usable.
     */
    private float[] row(int length) {
        float[] logits = new float[length];
        for (int i = 0; i < length; i++) {
            double kind = this.random.nextDouble();
            logits[i] = (kind < 0.5) ? (float) (4 * this.random.nextGaussian()) : this.random.nextInt(4);
            if (i > 0 && kind > 0.97) {
                logits[i] = NONE;
            }
        }
        return logits;
    }

    /**
     * Sorts, filters and takes the largest noisy score over all that is left, with no
     * shortcut.
     */
    private static int naive(SamplingOptions options, float[] logits, long position) {
        Integer[] order = IntStream.range(0, logits.length)
            .boxed()
            .filter((token) -> logits[token] > NONE)
            .sorted(Comparator.comparingDouble((token) -> -logits[token]))
            .toArray(Integer[]::new);
        double smallest = NONE;
        if (options.topK() > 0 && options.topK() < order.length) {
            smallest = logits[order[options.topK() - 1]];
        }
        double total = 0;
        for (int token : order) {
            total += (logits[token] >= smallest) ? weight(options, logits, order[0], token) : 0;
        }
        double before = 0;
        double nucleus = NONE;
        for (int token : order) {
            if (logits[token] >= smallest && before < options.topP() * total) {
                nucleus = logits[token];
            }
            before += weight(options, logits, order[0], token);
        }
        long key = GumbelNoise.key(options.seed(), position);
        int best = order[0];
        double bestScore = Double.NEGATIVE_INFINITY;
        for (int token : order) {
            double score = (logits[token] - (double) logits[order[0]]) / options.temperature()
                    + GumbelNoise.at(key, token);
            if (logits[token] >= nucleus && score > bestScore) {
                best = token;
                bestScore = score;
            }
        }
        return best;
    }

    private static double weight(SamplingOptions options, float[] logits, int best, int token) {
        return Math.exp((logits[token] - (double) logits[best]) / options.temperature());
    }

    @ParameterizedTest
    @CsvSource({ "1, 0, 1", "0.7, 0, 1", "2, 3, 1", "1, 0, 0.8", "1.3, 4, 0.9" })
    void frequenciesMatchTheFilteredSoftmax(double temperature, int topK, double topP) {
        float[] logits = { 0.1f, 2.0f, 1.2f, -1, 1.9f, 0.4f };
        int draws = 60_000;
        int[] counts = new int[logits.length];
        TokenSampler sampler = new TokenSampler(new SamplingOptions(temperature, topK, topP, 99));
        for (int position = 0; position < draws; position++) {
            counts[sampler.choose(logits, position)]++;
        }
        double[] expected = filteredSoftmax(logits, temperature, topK, topP);
        double chiSquare = 0;
        for (int token = 0; token < logits.length; token++) {
            if (expected[token] == 0) {
                assertThat(counts[token]).as("token %d is filtered out", token).isZero();
            }
            else {
                double difference = counts[token] - draws * expected[token];
                chiSquare += difference * difference / (draws * expected[token]);
            }
        }
        // 0.999 quantile of chi-square with 5 degrees of freedom; the seed is fixed.
        assertThat(chiSquare).isLessThan(20.5);
    }

    private static double[] filteredSoftmax(float[] logits, double temperature, int topK, double topP) {
        int[] order = IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble((token) -> -logits[token]))
            .mapToInt(Integer::intValue)
            .toArray();
        int kept = (topK == 0) ? order.length : topK;
        double total = Arrays.stream(order, 0, kept).mapToDouble((t) -> Math.exp(logits[t] / temperature)).sum();
        double nucleus = 0;
        double[] shares = new double[logits.length];
        for (int i = 0; i < kept && nucleus < topP; i++) {
            shares[order[i]] = Math.exp(logits[order[i]] / temperature) / total;
            nucleus += shares[order[i]];
        }
        double all = nucleus;
        return Arrays.stream(shares).map((share) -> share / all).toArray();
    }

    @Test
    void topOneIsGreedy() {
        TokenSampler sampler = new TokenSampler(new SamplingOptions(5, 1, 1, 3));
        for (int position = 0; position < 100; position++) {
            float[] logits = row(40);
            logits[12] = 50;
            assertThat(sampler.choose(logits, position)).isEqualTo(12);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = { Double.MIN_VALUE, 1e-300, 1e-30, 1e-3 })
    void tinyTemperaturesTakeTheLargest(double temperature) {
        for (double topP : new double[] { 1, 0.9 }) {
            TokenSampler sampler = new TokenSampler(new SamplingOptions(temperature, 0, topP, 3));
            assertThat(sampler.choose(new float[] { 1, 2, 3.5f, 3 }, 0)).isEqualTo(2);
            assertThat(sampler.choose(new float[] { -1, 0, -3 }, 0)).isEqualTo(1);
            assertThat(sampler.choose(new float[] { -3e38f, 3e38f, 0 }, 0)).isEqualTo(1);
        }
    }

    @Test
    void largestTemperatureIsNearlyUniform() {
        TokenSampler sampler = new TokenSampler(new SamplingOptions(100, 0, 1, 3));
        int[] counts = new int[4];
        for (int position = 0; position < 8000; position++) {
            counts[sampler.choose(new float[] { 0, 1, 2, 3 }, position)]++;
        }
        assertThat(Arrays.stream(counts)).allSatisfy((count) -> assertThat(count).isBetween(1800, 2200));
    }

    @Test
    void tokensRuledOutAreNeverChosen() {
        TokenSampler sampler = new TokenSampler(new SamplingOptions(100, 0, 1, 3));
        for (int position = 0; position < 500; position++) {
            assertThat(sampler.choose(new float[] { NONE, 0, NONE, 0.5f, NONE }, position)).isIn(1, 3);
        }
    }

    @ParameterizedTest
    @CsvSource({ "0, 0, 1", "1, 0, 1", "1, 2, 1", "1, 0, 0.5", "1, 2, 0.5" })
    void rowWithANumberThatIsNoneIsAnError(double temperature, int topK, double topP) {
        TokenSampler sampler = new TokenSampler(new SamplingOptions(temperature, topK, topP, 1));
        for (float[] row : new float[][] { { Float.NaN, Float.NaN, Float.NaN }, { NONE, NONE, NONE },
                { NONE, Float.NaN, NONE }, { 3, Float.NaN, 5 }, { 3, Float.POSITIVE_INFINITY, 5 },
                { Float.NaN, Float.POSITIVE_INFINITY, 1 } }) {
            assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> sampler.choose(row, 12))
                .withMessage("The model's scores of the token at position 12 are not numbers; its weights are "
                        + "damaged, or the precision is too low for it: try fp32");
        }
    }

    @Test
    void chooseDoesNotChangeItsArgument() {
        float[] logits = row(50);
        float[] copy = logits.clone();
        new TokenSampler(new SamplingOptions(0.7, 5, 0.8, 1)).choose(logits, 3);
        assertThat(logits).isEqualTo(copy);
    }

}
