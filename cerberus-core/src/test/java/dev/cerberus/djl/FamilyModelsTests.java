package dev.cerberus.djl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every family of models against what Hugging Face transformers computes.
 */
class FamilyModelsTests {

    private static final double TOLERANCE = 1e-4;

    private static final Map<String, DjlTargetModel> LOADED = new HashMap<>();

    static List<String> families() {
        return FamilyModel.names();
    }

    static Stream<Arguments> roundedFamilies() {
        return Stream.of(LinearKernel.INT8, LinearKernel.INT8_BOUNDED)
            .flatMap((kernel) -> families().stream().map((family) -> Arguments.of(kernel, family)));
    }

    private static DjlTargetModel load(String name) {
        return LOADED.computeIfAbsent(name,
                (unknown) -> FamilyModel.of(name).load(TorchDevice.of("cpu"), Precision.FP32));
    }

    @AfterAll
    static void close() {
        LOADED.values().forEach(DjlTargetModel::close);
    }

    @ParameterizedTest
    @MethodSource("families")
    void promptsOfEveryLengthHaveTheScoresOfTransformers(String name) {
        FamilyModel family = FamilyModel.of(name);
        int[] tokens = family.tokens();
        DjlTargetModel model = load(name);
        try (KvCache cache = model.newCache(tokens.length)) {
            for (int length = 1; length <= tokens.length; length++) {
                cache.truncate(0);
                try (NodeScores scores = model.prefill(cache, Arrays.copyOf(tokens, length))) {
                    assertClose("prompt of " + length, scores.logits(0), family.logits(length - 1), TOLERANCE);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void promptsInPiecesAndSingleTokensHaveTheScoresOfTransformers(String name) {
        FamilyModel family = FamilyModel.of(name);
        int[] tokens = family.tokens();
        DjlTargetModel model = load(name);
        try (KvCache cache = model.newCache(tokens.length)) {
            for (int piece : new int[] { 3, 13, 40 }) {
                cache.truncate(0);
                try (NodeScores scores = model.prefill(cache, tokens, piece)) {
                    assertClose("pieces of " + piece, scores.logits(0), family.logits(tokens.length - 1), TOLERANCE);
                }
            }
            cache.truncate(0);
            for (int position = 0; position < tokens.length; position++) {
                try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(tokens[position]))) {
                    assertClose("token " + position, scores.logits(0), family.logits(position), TOLERANCE);
                }
                cache.commit(new int[] { 0 });
            }
        }
    }

    /*
     * The text is a path of a tree, longer than the sliding windows of some families:
     * nodes 0, 1, 3, 5 …; each of them has another child, 2, 4, 6 ….
     */
    @ParameterizedTest
    @MethodSource("families")
    void pathsOfTreesHaveTheScoresOfTransformers(String name) {
        FamilyModel family = FamilyModel.of(name);
        int[] text = family.tokens();
        int depth = 12;
        int[] tokens = new int[2 * depth - 1];
        int[] parents = new int[tokens.length];
        DjlTargetModel model = load(name);
        try (KvCache cache = model.newCache(64)) {
            for (int start : new int[] { 1, 5, 30 }) {
                cache.truncate(0);
                model.prefill(cache, Arrays.copyOf(text, start)).close();
                tokens[0] = text[start];
                for (int i = 1; i < depth; i++) {
                    tokens[2 * i - 1] = text[start + i];
                    tokens[2 * i] = 3 + i;
                    parents[2 * i - 1] = onPath(i - 1);
                    parents[2 * i] = onPath(i - 1);
                }
                try (NodeScores scores = model.forward(cache, CandidateTree.of(tokens, parents))) {
                    for (int i = 0; i < depth; i++) {
                        assertClose("depth " + i + " behind " + start, scores.logits(onPath(i)),
                                family.logits(start + i), TOLERANCE);
                    }
                }
            }
        }
    }

    private static int onPath(int depth) {
        return Math.max(0, 2 * depth - 1);
    }

    @ParameterizedTest
    @MethodSource("families")
    void greedyTextsAreThoseOfTransformers(String name) {
        FamilyModel family = FamilyModel.of(name);
        int[] prompt = Arrays.copyOf(family.tokens(), family.tokens().length / 2);
        int[] written = new int[family.greedy().length];
        DjlTargetModel model = load(name);
        try (KvCache cache = model.newCache(prompt.length + written.length);
                NodeScores first = model.prefill(cache, prompt)) {
            written[0] = first.argmax(0);
            for (int i = 1; i < written.length; i++) {
                try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(written[i - 1]))) {
                    written[i] = scores.argmax(0);
                }
                cache.commit(new int[] { 0 });
            }
        }
        assertThat(written).isEqualTo(family.greedy());
    }

    /* Models of this width lose more by rounding than real ones do. */
    @ParameterizedTest
    @MethodSource("roundedFamilies")
    void matricesOfIntegersComputeTheSameModel(LinearKernel kernel, String name) {
        Assumptions.assumeTrue(TorchDevice.isExact(kernel), "skipped: this CPU can not compute by " + kernel);
        assertThat(error(FamilyModel.of(name), TorchDevice.cpu(kernel), Precision.INT8)).isLessThan(0.08);
    }

    @ParameterizedTest
    @MethodSource("families")
    void halfTheBitsComputeTheSameModel(String name) {
        assertThat(error(FamilyModel.of(name), TorchDevice.cpu(LinearKernel.GENERAL), Precision.BF16)).isLessThan(0.05);
    }

    /** Returns the root mean square of the scores' errors, as a share of the scores'. */
    private static double error(FamilyModel family, TorchDevice device, Precision precision) {
        double error = 0;
        double size = 0;
        try (DjlTargetModel model = family.load(device, precision);
                KvCache cache = model.newCache(family.tokens().length)) {
            for (int position = 0; position < family.tokens().length; position++) {
                try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(family.tokens()[position]))) {
                    float[] actual = scores.logits(0);
                    float[] expected = family.logits(position);
                    for (int i = 0; i < actual.length; i++) {
                        error += Math.pow(actual[i] - expected[i], 2);
                        size += Math.pow(expected[i], 2);
                    }
                }
                cache.commit(new int[] { 0 });
            }
        }
        return Math.sqrt(error / size);
    }

    private static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
        assertThat(actual).as(what).hasSize(expected.length);
        for (int i = 0; i < actual.length; i++) {
            // written so that NaN fails
            if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
                throw new AssertionError(what + ", element " + i + ": expected " + expected[i] + ", was " + actual[i]);
            }
        }
    }

}
