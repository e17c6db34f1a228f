package dev.cerberus.djl;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.Span;
import dev.cerberus.sample.GumbelNoise;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The program that samples on the device: the tokens of {@link TokenSampler}, or none
 * where rounding could decide.
 */
class SampledRowsTests {

    private static final int AT_ONCE = 4000;

    private static final float NONE = Float.NEGATIVE_INFINITY;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(41);

    private final NDManager manager = TorchDevice.cpu(LinearKernel.GENERAL).newManager();

    private final ScriptModule program = ScriptModule.load(this.manager,
            new ProgramSource().files("sampled.py").constant("SAMPLED_AT_ONCE", AT_ONCE).toString());

    @AfterEach
    void close() {
        this.program.close();
        this.manager.close();
    }

    /**
     * Returns what is found for all rows of logits.
     * @param spans one for each row; some are not sampled
     */
    private OptionalInt[] chosen(float[][] logits, DataType type, List<Span> spans) {
        int rows = logits.length;
        int vocabulary = logits[0].length;
        float[] all = new float[rows * vocabulary];
        int[] best = new int[rows];
        float[] highest = new float[rows];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(logits[i], 0, all, i * vocabulary, vocabulary);
            best[i] = TokenSampler.argmax(logits[i]);
            highest[i] = isNumbers(logits[i]) ? logits[i][best[i]] : Float.NaN;
        }
        SampledRows sampled = new SampledRows(spans);
        float[] found = new float[2 * rows + 2 * sampled.count()];
        try (NDArray wide = this.manager.create(all, new Shape(rows, vocabulary));
                NDArray scores = wide.toType(type, true);
                NDArray largest = this.manager.create(highest);
                NDArray numbers = this.manager.create(sampled.numbers());
                IValue a = ScriptModule.argument(scores);
                IValue b = ScriptModule.argument(largest);
                IValue c = ScriptModule.argument(numbers);
                IValue d = IValue.listFrom(sampled.filters())) {
            NDArray[] out = this.program.callForArrays("sampled", this.manager, a, b, c, d);
            long[] tokens = out[0].toLongArray();
            double[] leads = out[1].toDoubleArray();
            for (int i = 0; i < tokens.length; i++) {
                found[2 * rows + i] = tokens[i];
                found[2 * rows + tokens.length + i] = (float) leads[i];
            }
            Arrays.stream(out).forEach(NDArray::close);
        }
        FoundTokens read = FoundTokens.read(found, rows, sampled.rows());
        return IntStream.range(0, rows).mapToObj(read::chosen).toArray(OptionalInt[]::new);
    }

    private OptionalInt chosen(float[] logits, SamplingOptions options, int position) {
        return chosen(new float[][] { logits }, DataType.FLOAT32, List.of(span(options, position)))[0];
    }

    /** Returns a span whose last token is followed by one at a position. */
    private static Span span(SamplingOptions options, int position) {
        return new Span.Piece(new EmptyCache(), new int[Math.max(1, position)], true,
                options.greedy() ? Optional.empty() : Optional.of(options));
    }

    private static boolean isNumbers(float[] logits) {
        return IntStream.range(0, logits.length).noneMatch((i) -> Float.isNaN(logits[i]));
    }

    @Test
    void tokensOfRandomRowsAreThoseThatJavaChooses() {
        int asked = 0;
        int decided = 0;
        while (asked < 10_000) {
            int[] counts = compare(
                    () -> new SamplingOptions(this.random.nextDouble(0.05, 2), 0, 1, this.random.nextLong()));
            asked += counts[0];
            decided += counts[1];
        }
        assertThat(decided).isGreaterThan(asked - 20);
    }

    @Test
    void tokensOfFilteredRowsAreThoseThatJavaChooses() {
        int asked = 0;
        int decided = 0;
        while (asked < 5_000) {
            int[] counts = compare(this::filtered);
            asked += counts[0];
            decided += counts[1];
        }
        // whether the best of all tokens is among those that are kept is a matter of
        // chance
        assertThat(decided).isBetween(asked / 2, asked * 9 / 10);
    }

    private SamplingOptions filtered() {
        int topK = this.random.nextBoolean() ? 0 : 1 + this.random.nextInt(80);
        double topP = this.random.nextBoolean() ? 1 : 1 - this.random.nextDouble();
        double minP = (this.random.nextInt(3) > 0) ? 0 : this.random.nextDouble();
        return new SamplingOptions(this.random.nextDouble(0.05, 2), topK, topP, this.random.nextLong()).withMinP(minP);
    }

    /** Compares some rows; returns how many were asked and how many were answered. */
    private int[] compare(Supplier<SamplingOptions> sampling) {
        int[] vocabularies = { 1, 2, 3, 63, 97, 255, 1001 };
        DataType type = this.random.nextBoolean() ? DataType.FLOAT32 : DataType.FLOAT16;
        int vocabulary = vocabularies[this.random.nextInt(vocabularies.length)];
        int count = 2 + this.random.nextInt(60);
        float[][] logits = new float[count][];
        Arrays.setAll(logits, (i) -> row(vocabulary, type));
        int[] positions = this.random.ints(count, 1, 4096).toArray();
        SamplingOptions[] options = new SamplingOptions[count];
        Arrays.setAll(options, (i) -> (i > 0 && this.random.nextInt(8) == 0) ? SamplingOptions.GREEDY : sampling.get());
        OptionalInt[] chosen = chosen(logits, type,
                IntStream.range(0, count).mapToObj((i) -> span(options[i], positions[i])).toList());
        int asked = 0;
        int decided = 0;
        for (int i = 0; i < count; i++) {
            if (chosen[i].isPresent()) {
                assertThat(options[i].greedy()).isFalse();
                assertThat(chosen[i].getAsInt()).as("%s at %d", options[i], positions[i])
                    .isEqualTo(new TokenSampler(options[i]).choose(logits[i], positions[i]));
                decided++;
            }
            asked += options[i].greedy() ? 0 : 1;
        }
        return new int[] { asked, decided };
    }

    @Test
    void filtersThatKeepTheChosenTokenLeaveItWhereItIs() {
        float[] row = { 4, 3, 2, 1, 0 };
        int kept = 0;
        for (int seed = 0; seed < 100; seed++) {
            for (SamplingOptions options : new SamplingOptions[] { new SamplingOptions(1, 2, 1, seed),
                    new SamplingOptions(1, 0, 0.8, seed), new SamplingOptions(1, 0, 1, seed).withMinP(0.3) }) {
                // each keeps the first two
                OptionalInt all = chosen(row, new SamplingOptions(1, 0, 1, seed), 7);
                OptionalInt chosen = chosen(row, options, 7);
                assertThat(chosen).isEqualTo((all.getAsInt() < 2) ? all : OptionalInt.empty());
                kept += chosen.isPresent() ? 1 : 0;
            }
        }
        assertThat(kept).isBetween(200, 299);
    }

    @Test
    void tokensOfALargeVocabularyAreThoseThatJavaChooses() {
        for (int i = 1; i < 12; i++) {
            SamplingOptions options = new SamplingOptions(this.random.nextDouble(0.3, 2), 0, 1, this.random.nextLong());
            float[] logits = row(128_257, DataType.FLOAT32);
            assertThat(chosen(logits, options, i)).hasValue(new TokenSampler(options).choose(logits, i));
        }
    }

    /**
     * Rows of several scales, some with many equal logits, some with tokens ruled out.
     */
    private float[] row(int vocabulary, DataType type) {
        double scale = new double[] { 0.02, 1, 5, 30 }[this.random.nextInt(4)];
        boolean tied = this.random.nextInt(4) == 0;
        boolean ruled = this.random.nextInt(4) == 0;
        float[] logits = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            double value = scale * this.random.nextGaussian();
            logits[i] = (float) (tied ? Math.rint(value) : value);
            if (ruled && i > 0 && this.random.nextInt(3) == 0) {
                logits[i] = NONE;
            }
        }
        return (type == DataType.FLOAT32) ? logits : rounded(logits);
    }

    private float[] rounded(float[] logits) {
        try (NDArray wide = this.manager.create(logits);
                NDArray half = wide.toType(DataType.FLOAT16, true);
                NDArray back = half.toType(DataType.FLOAT32, true)) {
            return back.toFloatArray();
        }
    }

    @Test
    void scoresThatAreAllButEqualAreLeftToJava() {
        for (int round = 1; round < 100; round++) {
            SamplingOptions options = new SamplingOptions(1, 0, 1, this.random.nextLong());
            long key = GumbelNoise.key(options.seed(), round);
            float[] logits = new float[50];
            Arrays.fill(logits, -60);
            int a = this.random.nextInt(25);
            int b = 25 + this.random.nextInt(25);
            double even = GumbelNoise.at(key, a) - GumbelNoise.at(key, b);
            logits[a] = 0;
            logits[b] = (float) even; // as near as a logit can be
            assertThat(even).isCloseTo(logits[b], within(1e-6));
            assertThat(chosen(logits, options, round)).isEmpty();
            logits[b] = (float) (even + 1e-5);
            assertThat(chosen(logits, options, round)).hasValue(b);
            logits[b] = (float) (even - 1e-5);
            assertThat(chosen(logits, options, round)).hasValue(a);
        }
    }

    @Test
    void rowsWithoutNumbersAreLeftToJava() {
        SamplingOptions options = new SamplingOptions(0.8, 0, 1, 5);
        for (float[] row : new float[][] { { NONE, NONE, NONE }, { NONE, Float.NaN, NONE }, { 3, Float.NaN, 5 },
                { 3, Float.POSITIVE_INFINITY, 5 }, { Float.NaN, Float.POSITIVE_INFINITY, 1 } }) {
            assertThat(chosen(row, options, 12)).isEmpty();
        }
    }

    @Test
    void extremeTemperaturesAndLogitsChooseAsJavaDoes() {
        for (double temperature : new double[] { Double.MIN_VALUE, 1e-300, 1e-30, 1e-3, 100 }) {
            SamplingOptions options = new SamplingOptions(temperature, 0, 1, 3);
            for (float[] row : new float[][] { { 1, 2, 3.5f, 3 }, { -3e38f, 3e38f, 0 }, { NONE, -5, NONE }, { 7 } }) {
                assertThat(chosen(row, options, 9)).hasValue(new TokenSampler(options).choose(row, 9));
            }
        }
    }

    /** Holds nothing. */
    private static final class EmptyCache implements KvCache {

        @Override
        public int length() {
            return 0;
        }

        @Override
        public int capacity() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void grow(int capacityTokens) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void park() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void trim() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void copy(KvCache source, int tokens) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int treeRows() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void commit(int[] path) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void truncate(int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }

    }

}
