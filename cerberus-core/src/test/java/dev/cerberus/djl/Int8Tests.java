package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftPlan;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ReferenceModel;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Matrices of 8-bit integers: how close they are, and that drafting does not show.
 */
class Int8Tests {

    private static final int LENGTH = 40;

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsIntegerDotProducts() {
        assumeThat(TorchDevice.of("cpu").fastestPrecision())
            .as("skipped: this machine has no VNNI instructions, or libtorch no FBGEMM")
            .isEqualTo(Precision.INT8);
    }

    static List<String> architectures() {
        return TinyModels.names();
    }

    static List<HeadsDescription> descriptions() {
        return RandomHeads.descriptions();
    }

    private static int[] randomTokens(int count, int seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        return random.ints(count, 0, TinyModels.VOCABULARY).toArray();
    }

    private DjlTargetModel load(String architecture) {
        TinyModels.write(architecture, this.directory);
        return load(this.directory);
    }

    private static DjlTargetModel load(Path directory) {
        ModelConfig config = ModelConfig.read(directory);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return DjlTargetModel.load(config, checkpoint, config.maxPositions(), TorchDevice.of("cpu"),
                    Precision.INT8);
        }
    }

    private static float[] plain(DjlTargetModel model, KvCache cache, int token) {
        try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(token))) {
            cache.commit(new int[] { 0 });
            return scores.logits(0);
        }
    }

    /*
     * The whole promise: every logit of every accepted node, and of all that follows, is
     * the same number, bit by bit, as if nothing had been drafted.
     */
    @ParameterizedTest
    @MethodSource("architectures")
    void logitsOfAcceptedNodesAreBitwiseThoseOfPlainDecoding(String architecture) {
        int[] text = randomTokens(90, 7);
        int[] prompt = java.util.Arrays.copyOf(text, 21);
        try (DjlTargetModel model = load(architecture);
                KvCache drafted = model.newCache(120);
                KvCache single = model.newCache(120);
                NodeScores first = model.prefill(drafted, prompt);
                NodeScores again = model.prefill(single, prompt)) {
            assertThat(first.logits(0)).isEqualTo(again.logits(0));
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
            int at = prompt.length;
            while (at + 6 < text.length) {
                int length = 1 + random.nextInt(5);
                CandidateTree tree = treeAround(text, at, length, random);
                int[] path = pathOf(tree, text, at, length);
                try (NodeScores scores = model.forward(drafted, tree)) {
                    for (int i = 0; i < length; i++) {
                        assertThat(scores.logits(path[i]))
                            .as("position %d, node %d of %d", at + i, path[i], tree.nodeCount())
                            .isEqualTo(plain(model, single, text[at + i]));
                    }
                }
                drafted.commit(path);
                at += length;
            }
        }
    }

    /** A path of the text's tokens with wrong tokens among and below them. */
    private static CandidateTree treeAround(int[] text, int at, int length, RandomGenerator random) {
        List<Integer> tokens = new ArrayList<>(List.of(text[at]));
        List<Integer> parents = new ArrayList<>(List.of(0));
        int last = 0;
        for (int i = 1; i < length; i++) {
            for (int wrong = random.nextInt(3); wrong > 0; wrong--) {
                tokens.add((text[at + i] + wrong) % TinyModels.VOCABULARY);
                parents.add(random.nextInt(tokens.size() - 1));
            }
            tokens.add(text[at + i]);
            parents.add(last);
            last = tokens.size() - 1;
        }
        return CandidateTree.of(ints(tokens), ints(parents));
    }

    private static int[] pathOf(CandidateTree tree, int[] text, int at, int length) {
        int[] path = new int[length];
        for (int i = 1; i < length; i++) {
            int node = tree.nodeCount() - 1;
            while (tree.parent(node) != path[i - 1] || tree.token(node) != text[at + i]) {
                node--;
            }
            path[i] = node;
        }
        return path;
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    /*
     * The bound is measured: it is the error of exact arithmetic with every matrix
     * rounded to 255 steps a row. Activations are rounded as well, hence the factor; less
     * than half the error would mean that nothing is rounded at all.
     */
    @ParameterizedTest
    @MethodSource("architectures")
    void logitsAreAsCloseAsTheRoundingOfTheMatricesAllows(String architecture) {
        TinyModels.write(architecture, this.directory);
        int[] tokens = randomTokens(LENGTH, 13);
        double[][] expected = ReferenceModel.read(this.directory).logits(tokens);
        double matrices = relativeError(ReferenceModel.read(rounded(this.directory)).logits(tokens), expected);
        double[][] actual = new double[LENGTH][];
        try (DjlTargetModel model = load(this.directory); KvCache cache = model.newCache(LENGTH)) {
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
            java.nio.file.Files.createDirectories(target);
            java.nio.file.Files.copy(original.resolve(ModelConfig.FILE_NAME), target.resolve(ModelConfig.FILE_NAME));
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
        catch (java.io.IOException ex) {
            throw new java.io.UncheckedIOException(ex);
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

    @Test
    void productOfARowOfZerosIsZeroAndLeavesOtherRowsAlone() {
        LinearKernel kernel = TorchDevice.of("cpu").linearKernel(Precision.INT8);
        String source = new ProgramSource().constant("BLOCK", 1)
            .constant("BLOCK_ROTATION", 0)
            .constant("FINAL_NORM", 0)
            .packing(kernel)
            .products(kernel)
            .toString();
        try (NDManager manager = TorchDevice.of("cpu").newManager();
                ScriptModule program = ScriptModule.load(manager, source);
                NDArray rows = manager.create(new float[] { 0, 0, 0, 1, -2, 4 }, new Shape(2, 3));
                NDArray matrix = manager.create(new float[] { 1, 1, 1, 127, -127, 0, 0, 0, 0 }, new Shape(3, 3));
                IValue input = ScriptModule.argument(rows);
                IValue weight = ScriptModule.argument(matrix);
                IValue packed = program.call("packed", weight);
                IValue none = ScriptModule.argument(manager.zeros(new Shape(1)));
                NDArray product = program.callForArray("linear", manager, input, packed, none)) {
            float[] y = product.toFloatArray();
            assertThat(java.util.Arrays.copyOf(y, 3)).containsOnly(0);
            assertThat(y[3]).isCloseTo(3, within(0.05f));
            assertThat(y[4]).isCloseTo(381, within(6f));
            assertThat(y[5]).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void headsOfEveryKindProposeNearlyWhatTheyWould(HeadsDescription heads) {
        RandomHeads.target(this.directory);
        Path file = this.directory.resolve("heads.safetensors");
        RandomHeads.heads(heads, this.directory, false).write(file);
        HeadsFile written = HeadsFile.read(file);
        ModelConfig config = ModelConfig.read(this.directory);
        int[] prompt = { 3, 17, 40, 5, 5, 29 };
        try (Checkpoint checkpoint = Checkpoint.open(this.directory);
                DjlTargetModel model = load(this.directory);
                DraftHeads draftHeads = DjlDraftHeads.load(written, OptionalInt.empty(), config, checkpoint, model);
                KvCache cache = model.newCache(32);
                NodeScores scores = model.prefill(cache, prompt)) {
            DraftTree tree = draftHeads.draft(scores, 0,
                    new DraftPlan(7, prompt.length, 8, heads.heads(), Optional.empty(), SamplingOptions.GREEDY, false));
            double[] expected = new NaiveHeads(written, config, checkpoint).best(scores.hidden(0), 7, 8, heads.heads())
                .stream()
                .mapToDouble(NaiveHeads.Path::probability)
                .toArray();
            // Random heads of two layers have large scores, and no temperature to soften
            // them.
            assertThat(tree.pathProbabilities()).containsExactly(expected, within((heads.layers() == 1) ? 0.05 : 0.15));
        }
    }

    @Test
    void embeddingStaysAsShortAsItsFile() {
        TinyModels.write("llama", this.directory);
        Path shorter = this.directory.resolve("bf16");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            java.nio.file.Files.createDirectories(shorter);
            java.nio.file.Files.copy(this.directory.resolve(ModelConfig.FILE_NAME),
                    shorter.resolve(ModelConfig.FILE_NAME));
            for (String name : checkpoint.names()) {
                writer.add(name, TensorType.BF16, checkpoint.info(name).dimensions(), checkpoint.floats(name));
            }
            writer.write(shorter.resolve(Checkpoint.SINGLE_FILE_NAME));
        }
        catch (java.io.IOException ex) {
            throw new java.io.UncheckedIOException(ex);
        }
        int[] tokens = randomTokens(LENGTH, 2);
        double[][] expected = ReferenceModel.read(shorter).logits(tokens);
        double[][] actual = new double[LENGTH][];
        try (DjlTargetModel model = load(shorter); KvCache cache = model.newCache(LENGTH)) {
            for (int i = 0; i < LENGTH; i++) {
                float[] row = plain(model, cache, tokens[i]);
                actual[i] = java.util.stream.IntStream.range(0, row.length).mapToDouble((j) -> row[j]).toArray();
            }
        }
        assertThat(relativeError(actual, expected)).isLessThan(0.1);
    }

}
