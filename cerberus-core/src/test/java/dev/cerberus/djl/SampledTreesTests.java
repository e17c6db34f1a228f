package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.accept.ExactMatch;
import dev.cerberus.accept.Verdict;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Trees whose tokens are sampled with the forward: every node's choice and the path that
 * is kept are those that Java finds by the logits of the same forward.
 */
class SampledTreesTests {

    private static final int TREES = 10_000;

    private static final int SEQUENCES = 40;

    private static final int TEXT = 60;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(53);

    private final List<Text> texts = new ArrayList<>();

    @TempDir
    private Path directory;

    private int decided;

    private int nodes;

    private int kept;

    @BeforeEach
    void write() {
        AttentionShape.all().get(1).write(this.directory);
    }

    @Test
    void choicesAndPathsAreThoseThatJavaFinds() {
        try (DjlTargetModel model = PooledModels.pooled(this.directory)) {
            for (int i = 0; i < SEQUENCES; i++) {
                this.texts.add(new Text(model, i));
            }
            step(model, this.texts.stream().map(Text::prompt).toList());
            for (int i = 0; i < TEXT; i++) { // the texts, token by token
                step(model, this.texts.stream().map((text) -> text.plan(text.root())).toList());
            }
            this.texts.forEach(Text::restart);
            int trees = 0;
            while (trees < TREES) {
                List<Span> spans = this.texts.stream()
                    .filter((text) -> this.random.nextInt(8) > 0)
                    .map((text) -> text.plan(text.tree()))
                    .toList();
                step(model, spans);
                trees += spans.size();
            }
            this.texts.forEach((text) -> text.cache.close());
        }
        assertThat(this.decided).isGreaterThan(this.nodes - 20);
        assertThat(this.kept).isGreaterThan(TREES);
    }

    private void step(DjlTargetModel model, List<Span> spans) {
        List<NodeScores> scores = model.forward(spans);
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            Text text = this.texts.stream().filter((each) -> each.cache == span.cache()).findFirst().orElseThrow();
            text.take(span, scores.get(i));
        }
        scores.forEach(NodeScores::close);
    }

    /** A sampled text, or a greedy one, which is the same whatever is drafted. */
    private final class Text {

        private final SamplingOptions options;

        private final TokenSampler sampler;

        private final int[] tokens;

        private final int promptLength;

        private final KvCache cache;

        private int length; // tokens that are known

        Text(DjlTargetModel model, int index) {
            RandomGenerator own = SampledTreesTests.this.random;
            this.options = (index % 8 == 7) ? SamplingOptions.GREEDY : new SamplingOptions(own.nextDouble(0.05, 2),
                    (index % 8 == 6) ? 20 : 0, (index % 8 > 4) ? 0.9 : 1, own.nextLong());
            this.sampler = new TokenSampler(this.options);
            this.promptLength = 1 + own.nextInt(9);
            this.tokens = Arrays.copyOf(own.ints(this.promptLength, 0, TinyModels.VOCABULARY).toArray(),
                    this.promptLength + TEXT + 1);
            this.length = this.promptLength;
            this.cache = model.newCache(this.tokens.length + 40);
        }

        private Optional<SamplingOptions> sampling() {
            return this.options.greedy() ? Optional.empty() : Optional.of(this.options);
        }

        Span prompt() {
            return new Span.Piece(this.cache, Arrays.copyOf(this.tokens, this.promptLength), true, sampling());
        }

        Span plan(CandidateTree tree) {
            return new Span.Tree(this.cache, tree, sampling());
        }

        CandidateTree root() {
            return CandidateTree.rootOnly(this.tokens[this.length - 1]);
        }

        void restart() {
            this.cache.truncate(this.promptLength);
        }

        /** Returns a tree in which the text goes on for some tokens. */
        CandidateTree tree() {
            RandomGenerator own = SampledTreesTests.this.random;
            if (this.cache.length() + 1 >= this.tokens.length) {
                restart();
            }
            int at = this.cache.length();
            int most = Math.min(5, this.tokens.length - at);
            return TextTree.around(this.tokens, at, 1 + own.nextInt(most), 1 + own.nextInt(4), own).tree();
        }

        void take(Span span, NodeScores scores) {
            if (span instanceof Span.Tree drafted) {
                int at = this.cache.length();
                CandidateTree tree = drafted.tree();
                if (SampledTreesTests.this.random.nextInt(4) == 0) {
                    IntStream.range(0, tree.nodeCount()).forEach((node) -> checked(span, scores, node));
                }
                Verdict expected = ExactMatch.INSTANCE.accept(tree, (node) -> checked(span, scores, node));
                Verdict verdict = ExactMatch.INSTANCE.accept(tree,
                        (node) -> found(scores, node).orElseGet(() -> byLogits(span, scores, node)));
                assertThat(verdict.path()).isEqualTo(expected.path());
                assertThat(verdict.nextToken()).isEqualTo(expected.nextToken());
                SampledTreesTests.this.kept += verdict.acceptedDraftTokens();
                if (SampledTreesTests.this.random.nextInt(5) == 0 || tree.nodeCount() == 1) {
                    this.cache.commit(verdict.path());
                    append(at + verdict.path().length, verdict.nextToken());
                }
            }
            else {
                append(this.promptLength, checked(span, scores, 0));
            }
        }

        /** Returns what was found with the forward. */
        private OptionalInt found(NodeScores scores, int node) {
            return sampling().isPresent() ? scores.chosen(node) : OptionalInt.of(scores.argmax(node));
        }

        private int byLogits(Span span, NodeScores scores, int node) {
            int row = span.rows() - span.scoredRows() + node;
            return this.sampler.choose(scores.logits(node), position(span, row) + 1L);
        }

        /** Returns where a row stands, counted from what the text is made of. */
        private int position(Span span, int row) {
            return (span instanceof Span.Tree tree) ? this.cache.length() + tree.tree().depth(row)
                    : this.promptLength - span.rows() + row;
        }

        /** Returns what Java chooses, which is what was found. */
        private int checked(Span span, NodeScores scores, int node) {
            int expected = byLogits(span, scores, node);
            OptionalInt found = found(scores, node);
            assertThat(found.orElse(expected)).as("%s after %d", this.options, node).isEqualTo(expected);
            assertThat(scores.chosen(node).isPresent() && sampling().isEmpty()).isFalse();
            if (this.options.unfiltered()) {
                SampledTreesTests.this.nodes++;
                SampledTreesTests.this.decided += found.isPresent() ? 1 : 0;
            }
            return expected;
        }

        /** Takes a token of the text, unless it is known. */
        private void append(int position, int token) {
            if (position == this.length && position < this.tokens.length) {
                this.tokens[position] = token;
                this.length++;
            }
        }

    }

}
