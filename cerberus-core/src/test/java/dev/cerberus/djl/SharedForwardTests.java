package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Pieces of prompts, tokens and trees of several sequences in one forward: every logit
 * and all that the caches hold are the same numbers, bit by bit, as if every sequence had
 * gone through the model alone, token by token.
 */
class SharedForwardTests {

    @TempDir
    private Path directory;

    private RandomGenerator random;

    private int shared;

    private int together;

    @BeforeEach
    void seed() {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    }

    static Stream<Arguments> architectures() {
        return Arrays.stream(ExactFormat.values())
            .flatMap((format) -> TinyModels.names().stream().map((name) -> Arguments.of(format, name)));
    }

    /* The groups of heads that take ways of their own. */
    static List<AttentionShape> groups() {
        return AttentionShape.all().subList(2, 5);
    }

    /* In contexts of several blocks. */
    static Stream<Arguments> shapes() {
        return Arrays.stream(ExactFormat.values())
            .flatMap((format) -> groups().stream().map((shape) -> Arguments.of(format, shape)));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void sequencesOfEveryArchitectureHaveTheBitsThatTheyHaveAlone(ExactFormat format, String architecture) {
        TinyModels.write(architecture, this.directory);
        try (DjlTargetModel model = format.load(this.directory)) {
            assertSameBitsInCompany(model, 8, 60);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void sequencesInLongContextsHaveTheBitsThatTheyHaveAlone(ExactFormat format, AttentionShape shape) {
        ModelConfig config = shape.config(this.directory);
        int block = AttentionKernel.independent(config, false).blockKeys();
        try (DjlTargetModel model = format.load(this.directory)) {
            assertSameBitsInCompany(model, 6, Math.max(2 * block, 200) + 40);
        }
    }

    @ParameterizedTest
    @MethodSource("groups")
    void sequencesWhoseValuesAreAddedInBagsHaveTheBitsThatTheyHaveAlone(AttentionShape shape) {
        ModelConfig config = shape.config(this.directory);
        int block = AttentionKernel.independent(config, false).blockKeys();
        try (DjlTargetModel model = ExactFormat.FP32.loadInBags(this.directory)) {
            assertSameBitsInCompany(model, 6, block + 60);
        }
    }

    private void assertSameBitsInCompany(DjlTargetModel model, int count, int longest) {
        List<Sequence> sequences = new ArrayList<>();
        int capacity = Math.min(longest + 64, model.dimensions().maxContext());
        try {
            for (int i = 0; i < count; i++) {
                int length = Math.min(longest - this.random.nextInt(longest / 2), model.dimensions().maxContext() - 64);
                sequences.add(new Sequence(model, this.random.ints(length, 0, TinyModels.VOCABULARY).toArray(),
                        1 + this.random.nextInt(longest / 2), capacity));
            }
            while (sequences.stream().anyMatch((sequence) -> !sequence.isDone())) {
                step(model, sequences);
            }
            assertThat(this.shared).as("forwards of several sequences").isGreaterThan(5);
            assertThat(this.together).as("forwards in which some attend together").isPositive();
            sequences.forEach((sequence) -> sequence.assertSameCache(model));
        }
        finally {
            sequences.forEach(Sequence::close);
        }
    }

    private void step(DjlTargetModel model, List<Sequence> sequences) {
        List<Sequence> order = new ArrayList<>(sequences.stream().filter((sequence) -> !sequence.isDone()).toList());
        Collections.rotate(order, this.random.nextInt(order.size()));
        List<Sequence> taking = new ArrayList<>();
        List<Span> spans = new ArrayList<>();
        int rows = 0;
        for (Sequence sequence : order.subList(0, 1 + this.random.nextInt(order.size()))) {
            if (rows < model.rowLimit()) {
                Span span = sequence.plan(model.rowLimit() - rows, this.random);
                rows += span.rows();
                spans.add(span);
                taking.add(sequence);
            }
        }
        AttentionHeads heads = AttentionHeads.of(ModelConfig.read(this.directory));
        this.together += (SeparateForward.units(spans, heads).size() < spans.size()) ? 1 : 0;
        List<NodeScores> scores = model.forward(spans);
        for (int i = 0; i < taking.size(); i++) {
            taking.get(i).check(spans, i, scores.get(i));
            scores.get(i).close();
        }
        this.shared += (spans.size() > 1) ? 1 : 0;
    }

    /**
     * A text that is known, alone and in company.
     */
    private static final class Sequence {

        private final int[] text;

        private final int promptTokens;

        private final KvCache alone;

        private final float[][] expected;

        private final KvCache cache;

        private TextTree tree = new TextTree(CandidateTree.rootOnly(0), new int[] { 0 });

        Sequence(DjlTargetModel model, int[] text, int promptTokens, int capacity) {
            this.text = text;
            this.promptTokens = Math.min(promptTokens, text.length - 1);
            this.alone = model.newCache(text.length);
            this.expected = new float[text.length][];
            for (int i = 0; i < text.length; i++) {
                try (NodeScores scores = model.forward(this.alone, CandidateTree.rootOnly(text[i]))) {
                    this.alone.commit(new int[] { 0 });
                    this.expected[i] = scores.logits(0);
                }
            }
            this.cache = model.newCache(capacity);
        }

        boolean isDone() {
            return this.cache.length() == this.text.length;
        }

        Span plan(int mostRows, RandomGenerator random) {
            int at = this.cache.length();
            if (at < this.promptTokens) {
                int[] prompt = Arrays.copyOf(this.text, this.promptTokens);
                return Span.Piece.of(this.cache, prompt, at, 1 + random.nextInt(Math.min(64, mostRows)));
            }
            int length = 1 + random.nextInt(Math.min(6, this.text.length - at));
            this.tree = TextTree.around(this.text, at, length, 1 + random.nextInt(4), random);
            while (this.tree.tree().nodeCount() > Math.min(mostRows, this.cache.treeRows())) {
                this.tree = TextTree.around(this.text, at, --length, 1, random);
            }
            return new Span.Tree(this.cache, this.tree.tree());
        }

        void check(List<Span> spans, int own, NodeScores scores) {
            String what = "span " + own + " of "
                    + spans.stream().map((span) -> span.getClass().getSimpleName() + span.rows()).toList();
            if (spans.get(own) instanceof Span.Piece piece) {
                assertThat(scores.nodeCount()).isEqualTo(piece.last() ? 1 : 0);
                if (piece.last()) {
                    assertThat(scores.logits(0)).as(what).isEqualTo(this.expected[this.cache.length() - 1]);
                }
                return;
            }
            int at = this.cache.length();
            int[] path = this.tree.path();
            for (int i = 0; i < path.length; i++) {
                assertThat(scores.logits(path[i])).as("%s, position %d", what, at + i).isEqualTo(this.expected[at + i]);
            }
            this.cache.commit(path);
        }

        void assertSameCache(DjlTargetModel model) {
            HeldKeysAndValues.assertSame("cache", model, this.cache, this.alone, this.text.length);
        }

        void close() {
            this.alone.close();
            this.cache.close();
        }

    }

    @Test
    void hiddenStatesAndBestTokensAreThoseOfEachSequence() {
        TinyModels.write("llama", this.directory);
        try (DjlTargetModel model = ExactFormat.FP32.load(this.directory);
                KvCache one = model.newCache(20);
                KvCache other = model.newCache(20);
                NodeScores alone = model.prefill(one, new int[] { 5, 6, 7 })) {
            one.truncate(0);
            List<NodeScores> together = model.forward(List.of(new Span.Piece(other, new int[] { 40, 41 }, true),
                    new Span.Piece(one, new int[] { 5, 6, 7 }, true)));
            together.get(0).close();
            assertThat(together.get(1).hidden(0)).isEqualTo(alone.hidden(0));
            assertThat(together.get(1).argmax(0)).isEqualTo(alone.argmax(0));
            assertThat(together.get(1).areFinite(0)).isTrue();
            assertThatThrownBy(() -> together.get(1).argmax(1)).isInstanceOf(IndexOutOfBoundsException.class);
            together.get(1).close();
        }
    }

    @Test
    void tokensTakenFromAnotherSequenceAreAsGoodAsRead() {
        TinyModels.write("llama", this.directory);
        try (DjlTargetModel model = ExactFormat.FP32.load(this.directory);
                KvCache one = model.newCache(40);
                KvCache other = model.newCache(8)) {
            int[] text = this.random.ints(30, 0, TinyModels.VOCABULARY).toArray();
            float[] expected;
            try (NodeScores scores = model.prefill(one, text)) {
                expected = scores.logits(0);
            }
            assertThatIllegalArgumentException().isThrownBy(() -> other.copy(one, 20));
            other.grow(30);
            other.copy(one, 20);
            assertThatIllegalArgumentException().isThrownBy(() -> other.copy(one, 20));
            try (NodeScores scores = model.prefill(other, Arrays.copyOfRange(text, 20, 30))) {
                assertThat(scores.logits(0)).isEqualTo(expected);
            }
        }
    }

    @Test
    void forwardThatIsRefusedChangesNoSequence() {
        TinyModels.write("llama", this.directory);
        try (DjlTargetModel model = ExactFormat.FP32.load(this.directory);
                KvCache one = model.newCache(20);
                KvCache other = model.newCache(4)) {
            Span good = new Span.Piece(one, new int[] { 5, 6, 7 }, true);
            assertThatThrownBy(() -> model.forward(List.of(good, new Span.Piece(other, new int[] { 97 }, true))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("token id 97");
            assertThatIllegalArgumentException()
                .isThrownBy(() -> model.forward(List.of(good, new Span.Piece(other, new int[5], true))))
                .withMessageContaining("holds 4 tokens");
            assertThatIllegalArgumentException().isThrownBy(() -> model.forward(List.of(good, good)))
                .withMessageContaining("share a cache");
            assertThatIllegalArgumentException().isThrownBy(() -> model.forward(List.of()));
            assertThat(one.length()).isZero();
            assertThat(other.length()).isZero();
        }
    }

    @Test
    void scoresOfSeveralSequencesAreFreedByTheLastOfThem() {
        TinyModels.write("llama", this.directory);
        try (DjlTargetModel model = ExactFormat.FP32.load(this.directory);
                KvCache one = model.newCache(20);
                KvCache other = model.newCache(20)) {
            NDManager manager = model.embedding().getManager();
            int before = ManagedResources.count(manager);
            for (int i = 0; i < 5; i++) {
                List<NodeScores> scores = model.forward(List.of(new Span.Piece(one, new int[] { 5 }, i % 2 == 0),
                        new Span.Piece(other, new int[] { 6, 7 }, i % 3 == 0)));
                scores.get(0).close();
                scores.get(0).close(); // closing twice is fine
                assertThat(ManagedResources.count(manager)).isGreaterThan(before);
                scores.get(1).close();
                assertThat(ManagedResources.count(manager)).isEqualTo(before);
            }
        }
    }

}
