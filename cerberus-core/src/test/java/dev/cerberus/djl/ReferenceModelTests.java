package dev.cerberus.djl;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.ReferenceModel;
import dev.cerberus.testing.TestData;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The 32-bit model against the plain reference, and the reference against another
 * implementation.
 */
class ReferenceModelTests {

    private static final double TOLERANCE = 1e-4;

    @TempDir
    private Path directory;

    static List<String> architectures() {
        return TinyModels.names();
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void forwardTokenByTokenEqualsTheReferenceUpToTheEndOfTheContext(String architecture) {
        ReferenceModel reference = ReferenceModel.read(TinyModels.write(architecture, this.directory));
        try (DjlTargetModel model = load(this.directory)) {
            int[] tokens = randomTokens(model.dimensions().maxContext());
            double[][] logits = reference.logits(tokens);
            double[][] states = reference.hiddenStates(tokens);
            try (KvCache cache = model.newCache(tokens.length)) {
                for (int position = 0; position < tokens.length; position++) {
                    try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(tokens[position]))) {
                        assertClose("logits at " + position, scores.logits(0), logits[position]);
                        assertClose("hidden state at " + position, scores.hidden(0), states[position]);
                    }
                    cache.commit(new int[] { 0 });
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void prefillInChunksEqualsTheReference(String architecture) {
        ReferenceModel reference = ReferenceModel.read(TinyModels.write(architecture, this.directory));
        int[] tokens = randomTokens(100);
        double[] expected = reference.logits(tokens)[99];
        try (DjlTargetModel model = load(this.directory);
                KvCache cache = model.newCache(100);
                NodeScores scores = model.prefill(cache, tokens, 33)) {
            assertClose("logits of the last token", scores.logits(0), expected);
        }
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void forwardOfATreeEqualsTheReferenceOnEachPath(String architecture) {
        ReferenceModel reference = ReferenceModel.read(TinyModels.write(architecture, this.directory));
        int[] prompt = randomTokens(40);
        CandidateTree tree = CandidateTree.of(new int[] { 5, 6, 7, 8, 9, 10, 11 }, new int[] { 0, 0, 1, 2, 1, 0, 5 });
        try (DjlTargetModel model = load(this.directory);
                KvCache cache = model.newCache(50);
                NodeScores prefilled = model.prefill(cache, prompt);
                NodeScores scores = model.forward(cache, tree)) {
            assertClose("logits of the prompt", prefilled.logits(0), reference.logits(prompt)[39]);
            for (int node = 0; node < tree.nodeCount(); node++) {
                int[] tokens = append(prompt, tree, node);
                assertClose("logits of node " + node, scores.logits(node), reference.logits(tokens)[tokens.length - 1]);
            }
        }
    }

    @Test
    void referenceEqualsTheOracle() throws IOException {
        ReferenceModel reference = ReferenceModel.read(TestData.require("models/stories260K"));
        FloatBuffer oracle = ByteBuffer.wrap(Files.readAllBytes(TestData.require("oracle/stories260K.f32")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
        double largest = 0;
        int positions = 0;
        for (String line : Files.readAllLines(TestData.require("oracle/stories260K.jsonl"))) {
            JsonNode record = new ObjectMapper().readTree(line);
            int[] tokens = new int[record.get("rows").size()];
            Arrays.setAll(tokens, (i) -> record.get("rows").get(i).get("in").asInt());
            int row = record.get("logits_offset_rows").asInt();
            for (double[] logits : reference.logits(tokens)) {
                for (int i = 0; i < logits.length; i++) {
                    largest = Math.max(largest, Math.abs(logits[i] - oracle.get(row * logits.length + i)));
                }
                row++;
                positions++;
            }
        }
        assertThat(positions).isGreaterThan(500);
        assertThat(largest).isLessThan(1e-3);
    }

    private static DjlTargetModel load(Path directory) {
        ModelConfig config = ModelConfig.read(directory);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return DjlTargetModel.load(config, checkpoint, config.maxPositions(), TorchDevice.of("cpu"),
                    Precision.FP32);
        }
    }

    private static int[] randomTokens(int count) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
        return random.ints(count, 0, TinyModels.VOCABULARY).toArray();
    }

    private static int[] append(int[] prompt, CandidateTree tree, int node) {
        int[] tokens = Arrays.copyOf(prompt, prompt.length + tree.depth(node) + 1);
        int at = node;
        for (int i = tokens.length - 1; i > prompt.length; i--) {
            tokens[i] = tree.token(at);
            at = tree.parent(at);
        }
        tokens[prompt.length] = tree.token(0);
        return tokens;
    }

    private static void assertClose(String what, float[] actual, double[] expected) {
        assertThat(actual).as(what).hasSize(expected.length);
        for (int i = 0; i < actual.length; i++) {
            double bound = TOLERANCE * (1 + Math.abs(expected[i]));
            // written so that NaN fails
            if (!(Math.abs(actual[i] - expected[i]) <= bound)) {
                throw new AssertionError(what + ", element " + i + ": expected " + expected[i] + " within " + bound
                        + ", was " + actual[i]);
            }
        }
    }

}
