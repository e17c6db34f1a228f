package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

class InputBalanceTests {

    private static final int HIDDEN = 32;

    private static final float FACTOR = 60;

    private static final int[] PROMPT = { 3, 17, 40, 5, 5, 29 };

    @TempDir
    private Path directory;

    static List<HeadsDescription> headsThatMultiplyEmbeddings() {
        return List.of(new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 4, 2, HIDDEN, 20),
                new HeadsDescription(HeadsKind.CERBERUS, true, true, true, 3, 3, HIDDEN, 20),
                new HeadsDescription(HeadsKind.HYDRA, true, false, false, 3, 2, HIDDEN, 20));
    }

    private HeadsFile file(HeadsDescription heads, float larger) {
        Path path = this.directory.resolve("heads.safetensors");
        RandomHeads
            .heads(heads, RandomHeads.target(this.directory.resolve("model"), HIDDEN, Math.max(1, larger)), false,
                    larger)
            .write(path);
        return HeadsFile.read(path);
    }

    /*
     * Embeddings are as much smaller as the weights for them are larger, so that they say
     * as much as ever.
     */
    @ParameterizedTest
    @MethodSource("headsThatMultiplyEmbeddings")
    void roundedHeadsSeeEmbeddingsThatAreFarSmallerThanStates(HeadsDescription heads) {
        TorchDevice cpu = TorchDevice.of("cpu");
        assumeThat(cpu.precisions()).contains(Precision.INT8);
        HeadsFile file = file(heads, FACTOR);
        Path model = this.directory.resolve("model");
        ModelConfig config = ModelConfig.read(model);
        SamplingOptions sampling = new SamplingOptions(20, 0, 1, 3);
        try (Checkpoint checkpoint = Checkpoint.open(model);
                DjlTargetModel target = DjlTargetModel.load(config, checkpoint, 32, cpu, Precision.INT8);
                DraftHeads draftHeads = DjlDraftHeads.load(file, OptionalInt.empty(), config, checkpoint, target);
                KvCache cache = target.newCache(32);
                NodeScores scores = target.prefill(cache, PROMPT)) {
            for (int root = 0; root < 8; root++) {
                DraftTree tree = draftHeads.propose(new DraftRoot(scores, 0, root, PROMPT.length, sampling, false, 5))
                    .draft(DraftLimits.of(5, 1));
                double[] expected = new NaiveHeads(file, config, checkpoint).flattened(scores.hidden(0), root, 20, 5);
                assertThat(tree.pathProbabilities()).containsExactly(expected, within(0.05));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("headsThatMultiplyEmbeddings")
    void factorIsThatOfTheWeights(HeadsDescription heads) {
        double plain = InputBalance.of(file(heads, 1), heads);
        assertThat(plain).isBetween(0.9, 1.1);
        assertThat(InputBalance.of(file(heads, 50), heads)).isCloseTo(50 * plain, within(0.01));
        assertThat(InputBalance.of(file(heads, 0), heads)).isOne();
    }

    @Test
    void headsWithoutEmbeddingsHaveNothingToBalance() {
        HeadsDescription medusa = new HeadsDescription(HeadsKind.MEDUSA, false, false, true, 4, 1, HIDDEN, 20);
        assertThat(InputBalance.of(file(medusa, 1), medusa)).isOne();
        HeadsDescription literal = new HeadsDescription(HeadsKind.CERBERUS, false, true, false, 3, 2, HIDDEN, 20);
        assertThat(InputBalance.of(file(literal, 1), literal)).isOne();
    }

}
