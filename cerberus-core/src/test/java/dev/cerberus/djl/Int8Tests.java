package dev.cerberus.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.ReferenceModel;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Matrices of 8-bit integers: how close they are to the model as it was written.
 */
class Int8Tests {

    private static final int LENGTH = 40;

    @TempDir
    private Path directory;

    static List<ExactFormat> formats() {
        return List.of(ExactFormat.INT8, ExactFormat.INT8_BOUNDED);
    }

    static Stream<Arguments> architectures() {
        return formats().stream()
            .flatMap((format) -> TinyModels.names().stream().map((name) -> Arguments.of(format, name)));
    }

    static Stream<Arguments> descriptions() {
        return formats().stream()
            .flatMap((format) -> RandomHeads.descriptions().stream().map((heads) -> Arguments.of(format, heads)));
    }

    private static int[] randomTokens(int count, int seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return random.ints(count, 0, TinyModels.VOCABULARY).toArray();
    }

    private static float[] plain(DjlTargetModel model, KvCache cache, int token) {
        try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(token))) {
            cache.commit(new int[] { 0 });
            return scores.logits(0);
        }
    }

    /*
     * The bound is measured: it is the error of exact arithmetic with every matrix
     * rounded to 255 steps a row. Activations are rounded as well, hence the factor; less
     * than half the error would mean that nothing is rounded at all.
     */
    @ParameterizedTest
    @MethodSource("architectures")
    void logitsAreAsCloseAsTheRoundingOfTheMatricesAllows(ExactFormat format, String architecture) {
        TinyModels.write(architecture, this.directory);
        int[] tokens = randomTokens(LENGTH, 13);
        double[][] expected = ReferenceModel.read(this.directory).logits(tokens);
        double matrices = relativeError(ReferenceModel.read(rounded(this.directory)).logits(tokens), expected);
        double[][] actual = new double[LENGTH][];
        try (DjlTargetModel model = format.load(this.directory); KvCache cache = model.newCache(LENGTH)) {
            for (int i = 0; i < LENGTH; i++) {
                float[] row = plain(model, cache, tokens[i]);
                actual[i] = new double[row.length];
                for (int j = 0; j < row.length; j++) {
                    actual[i][j] = row[j];
                }
            }
        }
        assertThat(relativeError(actual, expected)).isBetween(matrices / 2, matrices * 4);
    }

    private static Path rounded(Path original) {
        Path target = original.resolve("rounded");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint checkpoint = Checkpoint.open(original)) {
            Files.createDirectories(target);
            Files.copy(original.resolve(ModelConfig.FILE_NAME), target.resolve(ModelConfig.FILE_NAME));
            for (String name : checkpoint.names()) {
                long[] shape = checkpoint.info(name).dimensions();
                float[] values = checkpoint.floats(name);
                if (shape.length == 2) {
                    roundRows(values, (int) shape[1]);
                }
                writer.add(name, TensorType.F32, shape, values);
            }
            writer.write(target.resolve(Checkpoint.SINGLE_FILE_NAME));
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return target;
    }

    private static void roundRows(float[] values, int width) {
        for (int from = 0; from < values.length; from += width) {
            float largest = 0;
            for (int i = from; i < from + width; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            float step = largest / 127;
            for (int i = from; i < from + width; i++) {
                values[i] = Math.round(values[i] / step) * step;
            }
        }
    }

    private static double relativeError(double[][] actual, double[][] expected) {
        double total = 0;
        for (int position = 0; position < LENGTH; position++) {
            double difference = 0;
            double size = 0;
            for (int i = 0; i < expected[position].length; i++) {
                difference += Math.pow(actual[position][i] - expected[position][i], 2);
                size += Math.pow(expected[position][i], 2);
            }
            total += difference / size;
        }
        return Math.sqrt(total / LENGTH);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void productOfARowOfZerosIsZeroAndLeavesOtherRowsAlone(ExactFormat format) {
        LinearKernel kernel = format.kernel();
        String source = new ProgramSource().constant("BLOCK", 1)
            .constant("BLOCK_ROTATION", 0)
            .constant("FINAL_NORM", 0)
            .constant("READING_BLOCK", 1)
            .constant("READING_ROTATION", 0)
            .constant("HIDDEN", 3)
            .constant("EPS", 1e-5)
            .packing(kernel)
            .products(kernel)
            .toString();
        try (NDManager manager = format.device().newManager();
                ScriptModule program = ScriptModule.load(manager, source);
                NDArray rows = manager.create(new float[] { 0, 0, 0, 1, -2, 4 }, new Shape(2, 3));
                NDArray matrix = manager.create(new float[] { 1, 1, 1, 127, -127, 0, 0, 0, 0 }, new Shape(3, 3));
                IValue input = ScriptModule.argument(rows);
                IValue weight = ScriptModule.argument(matrix);
                IValue packed = program.call("packed", weight);
                IValue none = ScriptModule.argument(manager.zeros(new Shape(1)));
                NDArray product = program.callForArray("linear", manager, input, packed, none)) {
            float[] y = product.toFloatArray();
            assertThat(Arrays.copyOf(y, 3)).containsOnly(0);
            assertThat(y[3]).isCloseTo(3, within(0.05f));
            assertThat(y[4]).isCloseTo(381, within(6f));
            assertThat(y[5]).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void headsOfEveryKindProposeNearlyWhatTheyWould(ExactFormat format, HeadsDescription heads) {
        // Random heads of two layers have large scores, and no temperature to soften
        // them; what is next to impossible may not be proposed at all.
        NaiveHeads.assertProposed(format, heads, this.directory, (heads.layers() == 1) ? 0.05 : 0.15);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void logitsOfAModelStoredIn16BitsAreClose(ExactFormat format) {
        TinyModels.write("llama", this.directory);
        Path shorter = this.directory.resolve("bf16");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            Files.createDirectories(shorter);
            Files.copy(this.directory.resolve(ModelConfig.FILE_NAME), shorter.resolve(ModelConfig.FILE_NAME));
            for (String name : checkpoint.names()) {
                writer.add(name, TensorType.BF16, checkpoint.info(name).dimensions(), checkpoint.floats(name));
            }
            writer.write(shorter.resolve(Checkpoint.SINGLE_FILE_NAME));
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        int[] tokens = randomTokens(LENGTH, 2);
        double[][] expected = ReferenceModel.read(shorter).logits(tokens);
        double[][] actual = new double[LENGTH][];
        try (DjlTargetModel model = format.load(shorter); KvCache cache = model.newCache(LENGTH)) {
            for (int i = 0; i < LENGTH; i++) {
                float[] row = plain(model, cache, tokens[i]);
                actual[i] = IntStream.range(0, row.length).mapToDouble((j) -> row[j]).toArray();
            }
        }
        assertThat(relativeError(actual, expected)).isLessThan(0.1);
    }

}
