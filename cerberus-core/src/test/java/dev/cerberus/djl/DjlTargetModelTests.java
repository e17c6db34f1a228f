package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DjlTargetModelTests {

    private static final double TOLERANCE = 2e-4;

    @TempDir
    private Path directory;

    static List<String> architectures() {
        return TinyModels.names();
    }

    private DjlTargetModel load(String architecture, Precision precision) {
        TinyModels.write(architecture, this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            return DjlTargetModel.load(config, checkpoint, config.maxPositions(), TorchDevice.of("cpu"), precision);
        }
    }

    private static int[] randomTokens(int count) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        return random.ints(count, 0, TinyModels.VOCABULARY).toArray();
    }

    private static float[] tokenByToken(DjlTargetModel model, KvCache cache, int[] tokens) {
        float[] logits = new float[0];
        for (int token : tokens) {
            try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(token))) {
                logits = scores.logits(0);
            }
            cache.commit(new int[] { 0 });
        }
        return logits;
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void prefillInOneChunkInManyAndTokenByTokenAgree(String architecture) {
        int[] tokens = randomTokens(50);
        try (DjlTargetModel model = load(architecture, Precision.FP32)) {
            float[] expected;
            try (KvCache cache = model.newCache(50)) {
                expected = tokenByToken(model, cache, tokens);
            }
            for (int chunk : new int[] { 50, 16, 7 }) {
                try (KvCache cache = model.newCache(50); NodeScores scores = model.prefill(cache, tokens, chunk)) {
                    assertThat(cache.length()).isEqualTo(50);
                    assertThat(scores.nodeCount()).isEqualTo(1);
                    assertClose(scores.logits(0), expected, TOLERANCE);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void forwardOfATreeAgreesWithTheForwardOfEachOfItsPaths(String architecture) {
        int[] prompt = randomTokens(20);
        CandidateTree tree = CandidateTree.of(new int[] { 5, 6, 7, 8, 9, 10, 11 }, new int[] { 0, 0, 1, 2, 1, 0, 5 });
        try (DjlTargetModel model = load(architecture, Precision.FP32);
                KvCache cache = model.newCache(40);
                NodeScores prefilled = model.prefill(cache, prompt);
                NodeScores scores = model.forward(cache, tree)) {
            assertThat(prefilled.nodeCount()).isEqualTo(1);
            for (int node = 0; node < tree.nodeCount(); node++) {
                try (KvCache plain = model.newCache(40); NodeScores again = model.prefill(plain, prompt)) {
                    assertThat(again.nodeCount()).isEqualTo(1);
                    float[] expected = tokenByToken(model, plain, pathTokens(tree, node));
                    assertClose(scores.logits(node), expected, TOLERANCE);
                    assertThat(scores.argmax(node)).isEqualTo(dev.cerberus.sample.TokenSampler.argmax(expected));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void commitKeepsTheAcceptedPathOnly(String architecture) {
        int[] prompt = randomTokens(20);
        CandidateTree tree = CandidateTree.of(new int[] { 5, 6, 7, 8, 9 }, new int[] { 0, 0, 1, 0, 3 });
        try (DjlTargetModel model = load(architecture, Precision.FP32);
                KvCache cache = model.newCache(40);
                KvCache plain = model.newCache(40);
                NodeScores prefilled = model.prefill(cache, prompt);
                NodeScores again = model.prefill(plain, prompt);
                NodeScores scores = model.forward(cache, tree)) {
            assertThat(prefilled.argmax(0)).isEqualTo(again.argmax(0));
            assertThat(scores.nodeCount()).isEqualTo(5);
            cache.commit(new int[] { 0, 3, 4 });
            assertThat(cache.length()).isEqualTo(23);
            tokenByToken(model, plain, new int[] { 5, 8, 9 });
            assertClose(tokenByToken(model, cache, new int[] { 12 }), tokenByToken(model, plain, new int[] { 12 }),
                    TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void bf16StaysCloseToFp32(String architecture) {
        int[] tokens = randomTokens(30);
        float[] expected;
        try (DjlTargetModel model = load(architecture, Precision.FP32);
                KvCache cache = model.newCache(40);
                NodeScores scores = model.prefill(cache, tokens)) {
            expected = scores.logits(0);
        }
        try (DjlTargetModel model = load(architecture, Precision.BF16);
                KvCache cache = model.newCache(40);
                NodeScores scores = model.prefill(cache, tokens)) {
            assertClose(scores.logits(0), expected, 0.3);
        }
    }

    @Test
    void forwardBeyondTheCacheIsRefused() {
        try (DjlTargetModel model = load("llama", Precision.FP32);
                KvCache cache = model.newCache(2);
                NodeScores scores = model.prefill(cache, new int[] { 1, 2 })) {
            assertThat(scores.nodeCount()).isEqualTo(1);
            assertThatIllegalArgumentException()
                .isThrownBy(() -> model.forward(cache, CandidateTree.rootOnly(3)).close())
                .withMessageContaining("holds 2 tokens");
        }
    }

    @Test
    void tokenOutsideTheVocabularyIsRefusedBeforeItReachesTheDevice() {
        try (DjlTargetModel model = load("llama", Precision.FP32); KvCache cache = model.newCache(4)) {
            assertThatThrownBy(() -> model.forward(cache, CandidateTree.rootOnly(97)).close())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("token id 97");
            assertThatThrownBy(() -> model.prefill(cache, new int[] { 1, -1 }).close())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("token id -1");
            assertThat(cache.length()).isZero();
        }
    }

    private static int[] pathTokens(CandidateTree tree, int node) {
        int[] path = new int[tree.depth(node) + 1];
        int at = node;
        for (int d = path.length - 1; d >= 0; d--) {
            path[d] = tree.token(at);
            at = (at == 0) ? 0 : tree.parent(at);
        }
        return path;
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < actual.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        assertThat(largest).isLessThan(tolerance);
    }

}
