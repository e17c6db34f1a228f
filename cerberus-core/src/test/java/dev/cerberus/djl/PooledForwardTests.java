package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * Sequences in one pool, with attention to the tokens before a tree and to the tree
 * apart: the logits of sequences that have a cache each. Kernels of CUDA are stood in for
 * by others; what they are called with is compiled as it is.
 */
class PooledForwardTests {

    private static final int VOCABULARY = TinyModels.VOCABULARY;

    @TempDir
    private Path directory;

    private RandomGenerator random;

    static List<AttentionShape> shapes() {
        return AttentionShape.all();
    }

    @BeforeEach
    void seed() {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(29);
    }

    private DjlTargetModel load(boolean pooled) {
        return pooled ? PooledModels.pooled(this.directory) : PooledModels.separate(this.directory);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyRowGetsTheLogitsThatItGetsInACacheOfItsOwn(AttentionShape shape) {
        shape.write(this.directory);
        assertSameLogits(5, 40);
    }

    /* From some thousands of tokens on a tree of its own is attended to apart, too. */
    @Test
    void everyRowBehindALongContextGetsTheLogitsThatItGetsInACacheOfItsOwn() {
        AttentionShape.all().get(3).write(this.directory);
        assertSameLogits(2, 2090);
    }

    @ParameterizedTest
    @ValueSource(strings = { "qwen2", "qwen3" })
    void biasesAndNormsOfHeadsAreThoseOfTheirHeads(String architecture) {
        TinyModels.write(architecture, this.directory);
        assertSameLogits(3, 30);
    }

    private void assertSameLogits(int count, int longest) {
        try (DjlTargetModel model = load(true); DjlTargetModel other = load(false)) {
            List<Text> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                texts.add(new Text(model, other, longest - this.random.nextInt(8), this.random));
            }
            int trees = 0;
            while (!texts.isEmpty()) {
                List<Text> taking = texts.stream().filter((text) -> this.random.nextInt(4) > 0).toList();
                if (!taking.isEmpty()) {
                    List<Span> spans = taking.stream().map((text) -> text.plan(this.random)).toList();
                    List<NodeScores> scores = model.forward(spans);
                    for (int i = 0; i < taking.size(); i++) {
                        trees += taking.get(i).check(scores.get(i)) ? 1 : 0;
                    }
                    scores.forEach(NodeScores::close);
                    taking.stream().filter(Text::isDone).forEach(Text::close);
                    texts.removeIf(Text::isDone);
                }
            }
            assertThat(trees).isGreaterThan(count);
        }
    }

    /* Random weights enlarge what rounding leaves. */
    private static void assertClose(float[] logits, float[] wanted) {
        assertThat(logits).containsExactly(wanted, within(1e-4f));
    }

    /** A text that is known, in a cache of its own and in the pool. */
    private static final class Text {

        private static final double TOLERANCE = 1e-4; // random weights enlarge what
                                                      // rounding leaves

        private final int[] tokens;

        private final int promptTokens;

        private final float[][] expected;

        private final KvCache cache;

        private Span planned;

        private TextTree tree = new TextTree(CandidateTree.rootOnly(0), new int[] { 0 });

        Text(DjlTargetModel model, DjlTargetModel other, int length, RandomGenerator random) {
            this.tokens = random.ints(length, 0, VOCABULARY).toArray();
            this.promptTokens = Math.max(1, length - 30 + random.nextInt(8));
            this.expected = new float[length][];
            try (KvCache own = other.newCache(length)) {
                int from = Math.max(0, this.promptTokens - 1);
                if (from > 0) {
                    other.prefill(own, Arrays.copyOf(this.tokens, from)).close();
                }
                for (int i = from; i < length; i++) {
                    try (NodeScores scores = other.forward(own, CandidateTree.rootOnly(this.tokens[i]))) {
                        own.commit(new int[] { 0 });
                        this.expected[i] = scores.logits(0);
                    }
                }
            }
            this.cache = model.newCache(length + 70);
        }

        boolean isDone() {
            return this.cache.length() == this.tokens.length;
        }

        Span plan(RandomGenerator random) {
            int at = this.cache.length();
            if (at < this.promptTokens) {
                int[] prompt = Arrays.copyOf(this.tokens, this.promptTokens);
                this.planned = Span.Piece.of(this.cache, prompt, at, 1 + random.nextInt(200));
            }
            else {
                int length = 1 + random.nextInt(Math.min(6, this.tokens.length - at));
                int branches = (random.nextInt(4) == 0) ? 10 : 1 + random.nextInt(4);
                this.tree = TextTree.around(this.tokens, at, length, branches, random);
                this.planned = new Span.Tree(this.cache, this.tree.tree());
            }
            return this.planned;
        }

        /** Returns whether there was a tree of several nodes. */
        boolean check(NodeScores scores) {
            if (this.planned instanceof Span.Piece) {
                if (scores.nodeCount() > 0) {
                    assertClose(scores, 0, this.cache.length() - 1);
                }
                return false;
            }
            int[] path = this.tree.path();
            for (int i = 0; i < path.length; i++) {
                assertClose(scores, path[i], this.cache.length() + i);
            }
            this.cache.commit(path);
            return this.planned.rows() > 1;
        }

        private void assertClose(NodeScores scores, int node, int position) {
            float[] logits = scores.logits(node);
            PooledForwardTests.assertClose(logits, this.expected[position]);
            assertThat(IntStream.range(0, logits.length).filter((i) -> logits[i] > logits[scores.argmax(node)]))
                .isEmpty();
            assertThat(scores.areFinite(node)).isTrue();
        }

        void close() {
            this.cache.close();
        }

    }

    @ParameterizedTest
    @MethodSource("shapes")
    void attentionToTokensAndTreesApartIsThatToBothAtOnce(AttentionShape shape) {
        ModelConfig config = shape.config(this.directory);
        String source = LlamaProgram.attentionSource(config, AttentionKernel.pooled(Precision.FP32, "flash_plain.py"))
            .files("pooled_probe.py")
            .toString();
        try (NDManager manager = TorchDevice.cpu(LinearKernel.GENERAL).newManager();
                ScriptModule program = ScriptModule.load(manager, source)) {
            for (int start : new int[] { 1, 7, 64, 600, 2000 }) {
                int[] text = this.random.ints(24, 0, VOCABULARY).toArray();
                CandidateTree tree = TextTree.around(text, 0, 8, 6, this.random).tree();
                int rows = tree.nodeCount();
                try (NDArray q = numbers(manager, (long) rows * shape.group(), shape.keyValueHeads(), shape.headDim());
                        NDArray k = numbers(manager, start + rows, shape.keyValueHeads(), shape.headDim());
                        NDArray v = numbers(manager, start + rows, shape.keyValueHeads(), shape.headDim());
                        IValue queries = ScriptModule.argument(q);
                        IValue keys = ScriptModule.argument(k);
                        IValue values = ScriptModule.argument(v);
                        IValue bits = IValue.listFrom(seen(tree));
                        IValue before = IValue.from((long) start);
                        NDArray whole = program.callForArray("whole", manager, queries, keys, values, bits, before);
                        NDArray apart = program.callForArray("apart", manager, queries, keys, values, bits, before)) {
                    float[] wanted = whole.toFloatArray();
                    float[] got = apart.toFloatArray();
                    for (int i = 0; i < wanted.length; i++) {
                        assertThat(got[i]).as("behind %d tokens", start).isCloseTo(wanted[i], within(1e-6f));
                    }
                }
            }
        }
    }

    private NDArray numbers(NDManager manager, long... shape) {
        float[] values = new float[(int) (shape[0] * shape[1] * shape[2])];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * this.random.nextFloat() - 1;
        }
        return manager.create(values, new Shape(shape));
    }

    private static long[] seen(CandidateTree tree) {
        int words = (tree.nodeCount() + 31) / 32;
        long[] bits = new long[tree.nodeCount() * words];
        for (int node = 0; node < tree.nodeCount(); node++) {
            for (int seen = node; seen != 0; seen = tree.parent(seen)) {
                bits[node * words + seen / 32] |= 1L << (seen % 32);
            }
            bits[node * words] |= 1;
        }
        return bits;
    }

    @Test
    void treesBehindNothingShareACallWithOthers() {
        TinyModels.write("llama", this.directory);
        CandidateTree tree = CandidateTree.of(new int[] { 5, 6, 7, 8 }, new int[] { 0, 0, 0, 1 });
        try (DjlTargetModel model = load(true);
                KvCache empty = model.newCache(20);
                KvCache filled = model.newCache(20);
                NodeScores alone = model.forward(empty, tree)) {
            model.prefill(filled, new int[] { 1, 2, 3 }).close();
            List<NodeScores> scores = model
                .forward(List.of(new Span.Tree(filled, CandidateTree.rootOnly(9)), new Span.Tree(empty, tree)));
            for (int node = 0; node < tree.nodeCount(); node++) {
                assertClose(scores.get(1).logits(node), alone.logits(node));
            }
            scores.forEach(NodeScores::close);
        }
    }

    @Test
    void regionsAreMovedCopiedAndTakenAgain() {
        TinyModels.write("llama", this.directory);
        int[] text = this.random.ints(40, 0, VOCABULARY).toArray();
        try (DjlTargetModel model = load(true);
                KvCache first = model.newCache(24);
                KvCache next = model.newCache(24);
                NodeScores wanted = model.prefill(next, Arrays.copyOf(text, 21))) {
            model.prefill(first, Arrays.copyOf(text, 20)).close();
            first.grow(64); // its place is not large enough
            first.grow(64);
            assertThatIllegalArgumentException().isThrownBy(() -> first.grow(63));
            try (KvCache copy = model.newCache(24)) { // where the first was
                copy.copy(first, 20);
                assertThatIllegalArgumentException().isThrownBy(() -> copy.copy(first, 1));
                for (KvCache cache : List.of(first, copy)) {
                    try (NodeScores scores = model.forward(cache, CandidateTree.rootOnly(text[20]))) {
                        assertClose(scores.logits(0), wanted.logits(0));
                    }
                }
            }
            first.truncate(3);
            assertThat(first.length()).isEqualTo(3);
            assertThat(first.treeRows()).isEqualTo(61);
            assertThatIllegalArgumentException().isThrownBy(() -> first.truncate(4));
            assertThatIllegalArgumentException().isThrownBy(() -> first.commit(new int[] { 1 }));
        }
    }

    @Test
    void poolGrowsWhenASequenceNeedsMoreThanIsFree() {
        AttentionShape.all().get(1).write(this.directory);
        int[] text = this.random.ints(30, 0, VOCABULARY).toArray();
        List<KvCache> caches = new ArrayList<>();
        try (DjlTargetModel model = load(true)) {
            int before = ManagedResources.count(model.embedding().getManager());
            caches.add(model.newCache(40));
            float[] wanted;
            try (NodeScores scores = model.prefill(caches.get(0), text)) {
                wanted = scores.logits(0);
            }
            for (int i = 0; i < 5; i++) {
                caches.add(model.newCache(2048));
            }
            caches.get(0).truncate(29);
            try (NodeScores scores = model.forward(caches.get(0), CandidateTree.rootOnly(text[29]))) {
                assertClose(scores.logits(0), wanted);
            }
            caches.forEach(KvCache::close);
            caches.forEach(KvCache::close); // closing twice gives nothing back twice
            try (KvCache again = model.newCache(2048)) {
                assertThat(again.length()).isZero();
            }
            assertThat(ManagedResources.count(model.embedding().getManager())).isEqualTo(before);
        }
    }

    @Test
    void poolTakesNoMoreAheadThanTheRowsThatAreExpected() {
        ModelConfig config = AttentionShape.all().get(1).config(this.directory);
        LlamaProgram model = new LlamaProgram(config, Precision.FP32, LinearKernel.GENERAL,
                AttentionKernel.pooled(Precision.FP32, "flash_cuda.py"));
        try (NDManager manager = TorchDevice.cpu(LinearKernel.GENERAL).newManager();
                ScriptModule program = ScriptModule.load(manager, PooledForward.source(model).toString());
                KvPool pool = new KvPool(manager, program,
                        manager.zeros(new Shape(config.layers(), 0, 2L * config.keyValueSize())))) {
            pool.expectRows(1000);
            pool.take(100);
            assertThat(pool.size()).isEqualTo(1000);
            pool.expectRows(6000);
            pool.take(950);
            assertThat(pool.size()).isEqualTo(5096);
            pool.take(4500); // twice as many would be 10192
            assertThat(pool.size()).isEqualTo(6000);
            pool.take(700); // more than expected, as it is where gaps are too small
            assertThat(pool.size()).isEqualTo(6250);
        }
    }

    @ParameterizedTest
    @EnumSource(names = { "BF16", "FP16" })
    void programsForCudaCompile(Precision precision) {
        for (AttentionShape shape : shapes()) {
            ModelConfig config = shape.config(this.directory);
            AttentionKernel attention = AttentionKernel.cuda(precision, config, true);
            assertThat(attention.pooled()).isTrue();
            compile(config, precision, attention);
        }
    }

    @Test
    void programsForCudaOfModelsThatHaveNoPoolCompile() {
        ModelConfig plain = shapes().get(0).config(this.directory);
        compile(plain, Precision.FP32, AttentionKernel.cuda(Precision.FP32, plain, true));
        AttentionKernel older = AttentionKernel.cuda(Precision.FP16, plain, false);
        assertThat(older.pooled()).isFalse();
        compile(plain, Precision.FP16, older);
        for (String family : List.of("gemma2", "gemma3", "mistral")) {
            Path files = Path.of("src/test/resources/dev/cerberus/djl/families", family);
            ModelConfig config = ModelConfig.read(files);
            AttentionKernel attention = AttentionKernel.cuda(Precision.BF16, config, true);
            assertThat(attention.pooled()).as(family).isEqualTo(config.slidingWindow().isEmpty());
            compile(config, Precision.BF16, attention);
        }
    }

    private static void compile(ModelConfig config, Precision precision, AttentionKernel attention) {
        LlamaProgram model = new LlamaProgram(config, precision, LinearKernel.ACCUMULATING, attention);
        String source = (attention.pooled() ? PooledForward.source(model) : model.source("target.py")).toString();
        try (NDManager manager = TorchDevice.cpu(LinearKernel.GENERAL).newManager();
                ScriptModule program = ScriptModule.load(manager, source)) {
            assertThat(program.block()).isNotNull();
        }
    }

}
