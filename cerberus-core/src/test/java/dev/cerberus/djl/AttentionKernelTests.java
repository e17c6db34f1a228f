package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.SplittableRandom;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.ModelConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Attention in blocks of keys: their sizes, that the probe finds and refuses them, and
 * what all kernels compute.
 */
class AttentionKernelTests {

    @TempDir
    private Path directory;

    static Iterable<AttentionShape> shapes() {
        return AttentionShape.all();
    }

    @Test
    void keysAreAMultipleOfThirtyTwo() {
        for (int tokens = 1; tokens < 1000; tokens++) {
            assertThat(AttentionKernel.exact(192).keys(tokens)).isBetween(tokens, tokens + 31)
                .satisfies((keys) -> assertThat(keys % 32).isZero())
                .isEqualTo(AttentionKernel.wide().keys(tokens));
        }
    }

    @ParameterizedTest
    @CsvSource({ "0, 192", "1, 191", "191, 1", "192, 192", "193, 191", "383, 1", "384, 192" })
    void treesEndWhereABlockEnds(int tokens, int rows) {
        assertThat(AttentionKernel.exact(192).treeRows(tokens)).isEqualTo(rows);
    }

    @Test
    void treesWithoutBlocksEndNowhere() {
        assertThat(AttentionKernel.wide().treeRows(191)).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void kernelThatTheProbeFindsHoldsAndATooLargeBlockDoesNot(AttentionShape shape) {
        ModelConfig config = shape.config(this.directory);
        AttentionKernel found = AttentionKernel.independent(config, true);
        Assumptions.assumeTrue(found.blockKeys() > 0,
                "skipped: no size of blocks makes float32 exact on this CPU, so attention is computed in float64");
        assertThat(found.holds(config)).isTrue();
        if (shape.headDim() >= 16) { // narrower values may be summed without blocks
            // libtorch cuts calls of more keys than one true block in halves
            assertThat(AttentionKernel.exact(found.blockKeys() + 96).holds(config)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void sequencesAttendTogetherOnlyWhereTheProbeSawThatTheyMay(AttentionShape shape) {
        ModelConfig config = shape.config(this.directory);
        AttentionKernel found = AttentionKernel.independent(config, true);
        assertThat(found.grouped()).isEqualTo(found.equals(AttentionKernel.wide()) || found.holdsTogether(config));
        if (shape.headDim() >= 16 && found.blockKeys() > 0) {
            assertThat(AttentionKernel.exact(found.blockKeys() + 96).holdsTogether(config)).isFalse();
        }
    }

    @Test
    void namesSayWhatIsComputed() {
        assertThat(AttentionKernel.exact(192)).hasToString("float32, blocks of 192 keys");
        assertThat(AttentionKernel.wide()).hasToString("float64");
        ModelConfig config = AttentionShape.all().get(0).config(this.directory);
        assertThat(AttentionKernel.of(Precision.BF16, config)).hasToString("the model's format");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void attentionInFloat64EqualsTheDefinition(AttentionShape shape) {
        assertEqualsTheDefinition(shape, AttentionKernel.wide(), 1e-9);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void attentionInFloat32IsCloseToTheDefinition(AttentionShape shape) {
        assertEqualsTheDefinition(shape, AttentionKernel.exact(192), 1e-4);
        assertEqualsTheDefinition(shape, AttentionKernel.exact(192).with(AttentionKernel.Bags.ALWAYS), 1e-4);
        assertEqualsTheDefinition(shape, AttentionKernel.of(Precision.FP32, shape.config(this.directory)), 1e-4);
    }

    /* Rows behind as many tokens, each of which sees those before and itself. */
    private void assertEqualsTheDefinition(AttentionShape shape, AttentionKernel kernel, double tolerance) {
        for (int rows : new int[] { 1, 2, 5 }) {
            assertEqualsTheDefinition(shape, kernel, tolerance, 40, rows);
        }
        assertEqualsTheDefinition(shape, kernel, tolerance, 300, 5); // a mask of its own
                                                                     // rows alone
    }

    private void assertEqualsTheDefinition(AttentionShape shape, AttentionKernel kernel, double tolerance, int start,
            int rows) {
        ModelConfig config = shape.config(this.directory);
        int keys = kernel.keys(start + rows);
        Numbers numbers = new Numbers(shape, start, rows, keys);
        try (NDManager manager = TorchDevice.of("cpu").newManager();
                ScriptModule program = ScriptModule.load(manager,
                        LlamaProgram.attentionSource(config, kernel).toString());
                NDArray turned = numbers.array(manager, numbers.turned(kernel), kernel, rows);
                NDArray cache = numbers.array(manager, numbers.cache(kernel), kernel, 2 * shape.keyValueHeads());
                IValue input = ScriptModule.argument(turned);
                IValue all = ScriptModule.argument(cache.reshape(1, 2, shape.keyValueHeads(), keys, shape.headDim()));
                IValue count = IValue.from((long) rows);
                IValue behind = IValue.from((long) start);
                IValue width = IValue.from((long) keys);
                IValue layer = IValue.from(0L);
                IValue noTree = IValue.listFrom(new double[0]);
                IValue mask = program.call("mask", count, behind, width, noTree, input);
                IValue seen = program.call("seen", all, width);
                NDArray attended = program.callForArray("attended_one", manager, input, layer, behind, mask, seen)
                    .toType(DataType.FLOAT64, false)) {
            assertThat(attended.toDoubleArray()).containsExactly(numbers.attended(), within(tolerance));
        }
    }

    /** Random queries, keys and values, and what attention is by its definition. */
    private static final class Numbers {

        private final AttentionShape shape;

        private final int start;

        private final int rows;

        private final int keys;

        // [rows, (heads + 2 kv) * dim], heads in the order [group, kv]
        private final double[] turned;

        private final double[] cache; // [2 kv, keys, dim]

        Numbers(AttentionShape shape, int start, int rows, int keys) {
            this.shape = shape;
            this.start = start;
            this.rows = rows;
            this.keys = keys;
            SplittableRandom random = new SplittableRandom(start + rows);
            this.turned = floats(random, rows * width());
            this.cache = floats(random, 2 * shape.keyValueHeads() * keys * shape.headDim());
        }

        /** Returns numbers that float32 holds, too. */
        private static double[] floats(SplittableRandom random, int count) {
            return random.doubles(count, -1, 1).map((number) -> (float) number).toArray();
        }

        private int heads() {
            return this.shape.keyValueHeads() * this.shape.group();
        }

        private int width() {
            return (heads() + 2 * this.shape.keyValueHeads()) * this.shape.headDim();
        }

        NDArray array(NDManager manager, double[] numbers, AttentionKernel kernel, int first) {
            DataType type = (kernel.equals(AttentionKernel.wide())) ? DataType.FLOAT64 : DataType.FLOAT32;
            return manager.create(numbers, new Shape(first, numbers.length / first)).toType(type, false);
        }

        /** Returns rows whose queries are multiplied by what a kernel wants. */
        double[] turned(AttentionKernel kernel) {
            double[] rows = this.turned.clone();
            if (kernel.isExact()) {
                double scale = 1 / (Math.sqrt(this.shape.headDim()) * Math.log(2));
                for (int i = 0; i < rows.length; i++) {
                    rows[i] *= (i % width() < heads() * this.shape.headDim()) ? scale : 1;
                }
            }
            return rows;
        }

        /**
         * Returns the cache with its keys as a kernel wants them: as rows, or columns.
         */
        double[] cache(AttentionKernel kernel) {
            double[] laid = this.cache.clone();
            if (kernel.files().contains("keys_in_columns.py")) {
                int dim = this.shape.headDim();
                for (int i = 0; i < laid.length / 2; i++) {
                    int row = i / dim;
                    int column = (row / this.keys * dim + i % dim) * this.keys + row % this.keys;
                    laid[column] = this.cache[i];
                }
            }
            return laid;
        }

        /** Returns a key or a value of a position: of the cache, or of a row. */
        private double stored(int head, int position, int i) {
            int dim = this.shape.headDim();
            if (position < this.start) {
                return this.cache[(head * this.keys + position) * dim + i];
            }
            return this.turned[(position - this.start) * width() + (heads() + head) * dim + i];
        }

        double[] attended() {
            int dim = this.shape.headDim();
            int kv = this.shape.keyValueHeads();
            double[] result = new double[this.rows * heads() * dim];
            for (int row = 0; row < this.rows; row++) {
                for (int head = 0; head < heads(); head++) {
                    double[] shares = new double[this.start + row + 1];
                    double total = 0;
                    for (int position = 0; position < shares.length; position++) {
                        double score = 0;
                        for (int i = 0; i < dim; i++) {
                            score += this.turned[row * width() + head * dim + i] * stored(head % kv, position, i);
                        }
                        shares[position] = Math.exp(score / Math.sqrt(dim));
                        total += shares[position];
                    }
                    for (int position = 0; position < shares.length; position++) {
                        for (int i = 0; i < dim; i++) {
                            result[(row * heads() + head) * dim + i] += shares[position] / total
                                    * stored(kv + head % kv, position, i);
                        }
                    }
                }
            }
            return result;
        }

    }

}
