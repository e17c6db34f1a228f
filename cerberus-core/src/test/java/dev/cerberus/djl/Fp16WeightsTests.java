package dev.cerberus.djl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGeneratorFactory;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ReferenceModel;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Models whose weights have 16 bits on a CPU; that a row's bits are its own is held in
 * {@link RowIndependenceTests}.
 */
class Fp16WeightsTests {

    private static final int LENGTH = 60;

    private static final int[] TOKENS = RandomGeneratorFactory.of("L64X128MixRandom")
        .create(13)
        .ints(LENGTH, 0, TinyModels.VOCABULARY)
        .toArray();

    @TempDir
    private Path original;

    @TempDir
    private Path rewritten;

    static List<String> architectures() {
        return TinyModels.names();
    }

    static List<HeadsDescription> descriptions() {
        return RandomHeads.descriptions();
    }

    /*
     * What is computed is wider than the weights, so nothing more is lost than in fp32.
     */
    @ParameterizedTest
    @MethodSource("architectures")
    void aModelStoredIn16BitsIsComputedAsExactlyAsIn32(String architecture) throws IOException {
        TinyModels.write(architecture, this.original);
        Files.copy(this.original.resolve(ModelConfig.FILE_NAME), this.rewritten.resolve(ModelConfig.FILE_NAME));
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint checkpoint = Checkpoint.open(this.original)) {
            for (String name : checkpoint.names()) {
                writer.add(name, TensorType.F16, checkpoint.info(name).dimensions(), checkpoint.floats(name));
            }
            writer.write(this.rewritten.resolve(Checkpoint.SINGLE_FILE_NAME));
        }
        double[][] expected = ReferenceModel.read(this.rewritten).logits(TOKENS);
        try (DjlTargetModel model = ExactFormat.FP16.load(this.rewritten); KvCache cache = model.newCache(LENGTH)) {
            for (int position = 0; position < LENGTH; position++) {
                try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(TOKENS[position]))) {
                    float[] row = scores.logits(0);
                    for (int i = 0; i < row.length; i++) {
                        assertThat((double) row[i]).as("logit %d at position %d", i, position)
                            .isCloseTo(expected[position][i], within(1e-4 * (1 + Math.abs(expected[position][i]))));
                    }
                }
                cache.commit(new int[] { 0 });
            }
        }
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void headsOfEveryKindProposeWhatTheyWould(HeadsDescription heads) {
        RandomHeads.target(this.original);
        Path file = this.original.resolve("heads.safetensors");
        RandomHeads.heads(heads, this.original, false).write(file);
        HeadsFile written = HeadsFile.read(file);
        ModelConfig config = ModelConfig.read(this.original);
        int[] prompt = { 3, 17, 40, 5, 5, 29 };
        try (Checkpoint checkpoint = Checkpoint.open(this.original);
                DjlTargetModel model = ExactFormat.FP16.load(this.original);
                DraftHeads draftHeads = DjlDraftHeads.load(written, OptionalInt.empty(), config, checkpoint, model);
                KvCache cache = model.newCache(32);
                NodeScores scores = model.prefill(cache, prompt)) {
            DraftTree tree = draftHeads
                .propose(new DraftRoot(scores, 0, 7, prompt.length, SamplingOptions.GREEDY, false, 8))
                .draft(DraftLimits.of(8, heads.heads()));
            double[] expected = new NaiveHeads(written, config, checkpoint).best(scores.hidden(0), 7, 8, heads.heads())
                .stream()
                .mapToDouble(NaiveHeads.Path::probability)
                .toArray();
            // Of a model in 32 bits, whose weights have more than 11 significant bits.
            assertThat(Arrays.copyOf(tree.pathProbabilities(), expected.length)).containsExactly(expected,
                    within(0.005));
        }
    }

    @Test
    void weightsBeyondTheRangeBecomeTheLargestThereAre() {
        TorchDevice device = ExactFormat.FP16.device();
        String source = new ProgramSource().packing(LinearKernel.FP16_WEIGHTS)
            .products(LinearKernel.FP16_WEIGHTS)
            .toString();
        try (NDManager manager = device.newManager();
                ScriptModule program = ScriptModule.load(manager, source);
                NDArray rows = manager.create(new float[] { 1, 0, 2, 1, -1, 0.5f }, new Shape(2, 3));
                NDArray matrix = manager.create(new float[] { 1e6f, 2, 3, 0.25f, -0.5f, -1e6f }, new Shape(2, 3));
                IValue input = ScriptModule.argument(rows);
                IValue weight = ScriptModule.argument(matrix);
                IValue packed = program.call("packed", weight);
                IValue bias = ScriptModule.argument(manager.create(new float[] { 10, 20 }));
                NDArray product = program.callForArray("linear", manager, input, packed, bias)) {
            assertThat(product.toFloatArray()).containsExactly(65504 + 6 + 10, 0.25f - 131_008 + 20,
                    65504 - 2 + 1.5f + 10, 0.25f + 0.5f - 32_752 + 20);
        }
    }

    @Test
    void rowsAreFilledUpByNoMoreThanTheRuleAsks() {
        ExactFormat.FP16.device();
        FilledRows rule = FilledRows.found().orElseThrow();
        assertThat(rule.fewest()).isBetween(1, rule.period());
        assertThat(rule.period()).isLessThanOrEqualTo(14);
    }

}
