package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole promise: every logit of every accepted token, and all that a cache holds, is
 * the same number, bit by bit, as if every token had gone through the model alone.
 */
class RowIndependenceTests {

    private static final long SEED = 3;

    @TempDir
    private Path directory;

    static Stream<Arguments> architectures() {
        return Arrays.stream(ExactFormat.values())
            .flatMap((format) -> TinyModels.names().stream().map((name) -> Arguments.of(format, name)));
    }

    static Stream<Arguments> shapes() {
        return Arrays.stream(ExactFormat.values())
            .flatMap((format) -> AttentionShape.all().stream().map((shape) -> Arguments.of(format, shape)));
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private static int[] randomTokens(int count) {
        return random(7).ints(count, 0, TinyModels.VOCABULARY).toArray();
    }

    /**
     * Writes a model and returns the number of keys after which libtorch's sums begin
     * anew here.
     */
    private int blockKeys(AttentionShape shape) {
        ModelConfig config = shape.config(this.directory);
        int block = AttentionKernel.independent(config, false).blockKeys();
        return (block == 0) ? 192 : block;
    }

    private static float[] plain(DjlTargetModel model, KvCache cache, int token) {
        try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(token))) {
            cache.commit(new int[] { 0 });
            return scores.logits(0);
        }
    }

    private static float[][] plain(DjlTargetModel model, KvCache cache, int[] tokens) {
        return Arrays.stream(tokens).mapToObj((token) -> plain(model, cache, token)).toArray(float[][]::new);
    }

    @Test
    void int8NeedsNothingButAnX86Cpu() {
        Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "skipped: this is no x86 CPU");
        assertThat(ExactFormat.INT8_BOUNDED.works()).isTrue();
        assertThat(TorchDevice.of("cpu").fastestPrecision()).isEqualTo(Precision.INT8);
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void treesOfEveryArchitectureHaveTheBitsOfPlainDecoding(ExactFormat format, String architecture) {
        TinyModels.write(architecture, this.directory);
        int[] text = randomTokens(100);
        try (DjlTargetModel model = format.load(this.directory); KvCache single = model.newCache(text.length)) {
            assertTreesHaveTheBitsOfPlainDecoding(model, text, single, plain(model, single, text));
        }
    }

    /* The text passes the ends of two blocks of keys. */
    @ParameterizedTest
    @MethodSource("shapes")
    void treesAndPiecesOfEveryShapeHaveTheBitsOfPlainDecodingInLongContexts(ExactFormat format, AttentionShape shape) {
        int block = blockKeys(shape);
        int[] text = randomTokens(2 * block + 40);
        try (DjlTargetModel model = format.load(this.directory); KvCache single = model.newCache(text.length)) {
            float[][] expected = plain(model, single, text);
            assertTreesHaveTheBitsOfPlainDecoding(model, text, single, expected);
            int[] pieces = { 3, 64, block - 1, block + 1, text.length };
            for (int piece : Arrays.stream(pieces).filter((rows) -> rows <= format.mostRows()).toArray()) {
                try (KvCache cache = model.newCache(text.length);
                        NodeScores scores = model.prefill(cache, text, piece)) {
                    assertSameBits("logits after pieces of " + piece, scores.logits(0), expected[text.length - 1]);
                    HeldKeysAndValues.assertSame("cache after pieces of " + piece, model, cache, single, text.length);
                }
            }
        }
    }

    static Stream<Arguments> narrowValues() {
        return Arrays.stream(ExactFormat.values())
            .flatMap((format) -> Stream
                .of(new AttentionShape(1, 5, 6, 30, 50), new AttentionShape(5, 1, 6, 30, 50),
                        new AttentionShape(1, 3, 10, 30, 50), new AttentionShape(1, 1, 6, 30, 50))
                .map((shape) -> Arguments.of(format, shape)));
    }

    /* Behind the last row's keys there are fewer numbers than vectors leave over. */
    @ParameterizedTest
    @MethodSource("narrowValues")
    void treesOfModelsWithNarrowValuesHaveTheBitsOfPlainDecoding(ExactFormat format, AttentionShape shape) {
        shape.write(this.directory);
        int[] text = randomTokens(150);
        try (DjlTargetModel model = format.load(this.directory); KvCache single = model.newCache(text.length)) {
            assertTreesHaveTheBitsOfPlainDecoding(model, text, single, plain(model, single, text));
        }
    }

    static Iterable<AttentionShape> widths() {
        return AttentionShape.all();
    }

    /* Also behind the ends of blocks of keys, in caches whose tables have narrow rows. */
    @ParameterizedTest
    @MethodSource("widths")
    void sumsOfRowsOfTablesHaveTheBitsOfProducts(AttentionShape shape) {
        int block = blockKeys(shape);
        int[] text = randomTokens(2 * block + 40);
        try (DjlTargetModel products = ExactFormat.FP32.load(this.directory);
                DjlTargetModel bags = ExactFormat.FP32.loadInBags(this.directory);
                KvCache some = products.newCache(text.length);
                KvCache others = bags.newCache(text.length + 64)) {
            int[] prompt = Arrays.copyOf(text, 2 * block - 20);
            products.prefill(some, prompt).close();
            bags.prefill(others, prompt).close();
            for (int at = prompt.length; at < text.length; at++) {
                assertSameBits("position " + at, plain(bags, others, text[at]), plain(products, some, text[at]));
            }
        }
    }

    static Stream<Arguments> windows() {
        Stream<String> models = Stream.of("""
                "architectures": ["MistralForCausalLM"], "sliding_window": 50""", """
                "architectures": ["Gemma2ForCausalLM"], "sliding_window": 50, "query_pre_attn_scalar": 12,
                "attn_logit_softcapping": 3.0, "final_logit_softcapping": 10.0""", """
                "architectures": ["Gemma3ForCausalLM"], "sliding_window": 50, "sliding_window_pattern": 2,
                "query_pre_attn_scalar": 16""");
        return models
            .flatMap((model) -> Arrays.stream(ExactFormat.values()).map((format) -> Arguments.of(format, model)));
    }

    /*
     * Windows that end within trees, and far behind the first block of keys; scores that
     * are bent; masks of the last keys alone, beside those of windows.
     */
    @ParameterizedTest
    @MethodSource("windows")
    void treesOfModelsWithWindowsAndBoundedScoresHaveTheBitsOfPlainDecoding(ExactFormat format, String fields) {
        TinyModels.writeConfigured("{" + fields + """
                , "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "num_key_value_heads": 2, "head_dim": 16, "vocab_size": 97, "max_position_embeddings": 2048,
                 "rope_theta": 10000.0}""", this.directory);
        int block = AttentionKernel.independent(ModelConfig.read(this.directory), false).blockKeys();
        int[] text = randomTokens(Math.max(block, LlamaProgram.UNMASKED) + 60);
        try (DjlTargetModel model = format.load(this.directory); KvCache single = model.newCache(text.length)) {
            float[][] expected = plain(model, single, text);
            assertTreesHaveTheBitsOfPlainDecoding(model, text, single, expected);
            try (KvCache cache = model.newCache(text.length); NodeScores scores = model.prefill(cache, text, 48)) {
                assertSameBits("logits after pieces", scores.logits(0), expected[text.length - 1]);
                HeldKeysAndValues.assertSame("cache after pieces", model, cache, single, text.length);
            }
        }
    }

    private static void assertTreesHaveTheBitsOfPlainDecoding(DjlTargetModel model, int[] text, KvCache single,
            float[][] expected) {
        try (KvCache drafted = model.newCache(Math.min(text.length + 64, model.dimensions().maxContext()))) {
            RandomGenerator random = random(SEED);
            int at = 0;
            int largest = 0;
            while (at + 8 < text.length) {
                int length = 1 + random.nextInt(8);
                TextTree draft = TextTree.around(text, at, length, 1 + random.nextInt(5), random);
                while (draft.tree().nodeCount() > drafted.treeRows()) {
                    draft = TextTree.around(text, at, --length, 2, random);
                }
                int nodes = draft.tree().nodeCount();
                try (NodeScores scores = model.forward(drafted, draft.tree())) {
                    for (int i = 0; i < length; i++) {
                        int node = draft.path()[i];
                        assertSameBits("position %d, node %d of %d".formatted(at + i, node, nodes), scores.logits(node),
                                expected[at + i]);
                    }
                }
                drafted.commit(draft.path());
                at += length;
                largest = Math.max(largest, nodes);
            }
            HeldKeysAndValues.assertSame("cache", model, drafted, single, at);
            assertThat(largest).as("nodes of the largest tree").isGreaterThan(16);
        }
    }

    private static void assertSameBits(String what, float[] actual, float[] expected) {
        if (!Arrays.equals(actual, expected)) {
            double difference = 0;
            double size = 0;
            for (int i = 0; i < expected.length; i++) {
                difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
                size = Math.max(size, Math.abs(expected[i]));
            }
            throw new AssertionError(what + ": differs by up to " + difference + " at magnitudes up to " + size);
        }
    }

    @ParameterizedTest
    @EnumSource
    void staticShapesWriteTheTokensAndLogitsOfPlainDecoding(ExactFormat format) {
        AttentionShape widths = new AttentionShape(3, 3, 16, 72, 96);
        int block = blockKeys(widths);
        int[] prompt = randomTokens(block - 50);
        int tokens = 120;
        try (DjlTargetModel model = format.load(this.directory); KvCache single = model.newCache(block + 80)) {
            int[] text = Arrays.copyOf(prompt, prompt.length + tokens);
            float[][] expected = new float[text.length][];
            try (NodeScores scores = model.prefill(single, prompt)) {
                expected[prompt.length - 1] = scores.logits(0);
                text[prompt.length] = scores.argmax(0);
            }
            for (int at = prompt.length; at + 1 < text.length; at++) {
                expected[at] = plain(model, single, text[at]);
                text[at + 1] = TokenSampler.argmax(expected[at]);
            }
            DecodeRequest request = new DecodeRequest(prompt, tokens, 0, Set.of(), SamplingOptions.GREEDY,
                    Optional.of(TreeShape.branching(4, 2, 1)), 20, DraftingOptions.DEFAULT);
            List<Integer> sizes = new ArrayList<>();
            DecodeListener listener = new DecodeListener() {

                private int at = prompt.length - 1;

                @Override
                public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
                    assertSameBits("position " + this.at, scores.logits(node), expected[this.at]);
                    sizes.add(draft.map((present) -> 1 + present.nodeCount()).orElse(1));
                }

                @Override
                public void onStep(DecodeStep step) {
                    this.at += 1 + step.acceptedDraftTokens();
                }

            };
            TreeSizer sizer = new TreeSizer(CostCurve.through(new int[] { 0, 4, 20 }, new double[] { 1, 1.1, 1.5 }, 0),
                    new Experience());
            DecodeSession session = new DecodeSession(model, Optional.of(new KnowingHeads(text)), new AlwaysGate(sizer),
                    request, (token, origin) -> TokenSink.Signal.CONTINUE, listener);
            assertThat(session.run().tokens()).isEqualTo(Arrays.copyOfRange(text, prompt.length, text.length));
            assertThat(session.statistics().acceptanceLength()).isGreaterThan(1.3);
            assertThat(sizes).as("trees").contains(21, 1);
        }
    }

    /** Heads of three tokens that know a text and are wrong now and then. */
    private record KnowingHeads(int[] text) implements DraftHeads {

        @Override
        public HeadsDescription description() {
            return new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 3, 1, 72, TinyModels.VOCABULARY);
        }

        @Override
        public List<DraftProposal> propose(List<DraftRoot> roots) {
            return roots.stream().map(this::proposal).toList();
        }

        private DraftProposal proposal(DraftRoot root) {
            RandomGenerator random = random(root.position());
            int[][] tokens = new int[3][4];
            double[][] probabilities = new double[3][];
            for (int head = 0; head < 3; head++) {
                int coming = this.text[Math.min((int) root.position() + head + 1, this.text.length - 1)];
                int rank = random.nextInt(5); // the last one is none of the candidates'
                for (int i = 0; i < 4; i++) {
                    tokens[head][i] = (coming + i + TinyModels.VOCABULARY - rank) % TinyModels.VOCABULARY;
                }
                probabilities[head] = new double[] { 0.4, 0.2, 0.1, 0.1 };
            }
            HeadCandidates candidates = new HeadCandidates(tokens, probabilities, 1);
            return (limits) -> candidates.draft(root.token(), limits);
        }

        @Override
        public void close() {
        }

    }

}
