package dev.cerberus.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;

import dev.cerberus.tree.Recollection.Continuation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LiveMemoryTests {

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(2);

    private final LiveMemory memory = new LiveMemory(1000);

    @Test
    void whatFollowedIsFoundByTheLongestMatch() {
        this.memory.learn(new int[] { 1, 2, 3, 4, 5 }, 0);
        this.memory.learn(new int[] { 9, 2, 3, 6 }, 0);
        Continuation longest = this.memory.after(new int[] { 7, 1, 2, 3 }).orElseThrow();
        assertThat(longest.match()).isEqualTo(3);
        assertThat(longest.tokens()).containsExactly(4);
        Continuation shorter = this.memory.after(new int[] { 8, 2, 3 }).orElseThrow();
        assertThat(shorter.match()).isEqualTo(2);
        assertThat(shorter.occurrences()).isEqualTo(2);
        assertThat(shorter.tokens()).containsExactlyInAnyOrder(4, 6);
        assertThat(this.memory.after(new int[] { 8, 3 })).isEmpty();
    }

    @Test
    void theFirstTokensOfAnAnswerAreFoundByTheEndOfItsPrompt() {
        this.memory.learn(new int[] { 1, 2, 3, 70, 71 }, 3);
        assertThat(this.memory.after(new int[] { 2, 3 }).orElseThrow().tokens()).containsExactly(70);
        assertThat(this.memory.after(new int[] { 1, 2 })).isEmpty(); // the prompt is
                                                                     // nobody's answer
    }

    @Test
    void countsAreThoseOfALoopOverTheTexts() {
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int[] text = this.random.ints(25, 0, 3).toArray();
            texts.add(text);
            this.memory.learn(text, 5);
        }
        for (int i = 0; i < 500; i++) {
            int[] recent = this.random.ints(1 + this.random.nextInt(10), 0, 3).toArray();
            Optional<Continuation> found = this.memory.after(recent);
            Optional<Continuation> expected = naive(texts, 5, recent);
            assertThat(found.map(Continuation::match)).isEqualTo(expected.map(Continuation::match));
            assertThat(found.map(Continuation::occurrences)).isEqualTo(expected.map(Continuation::occurrences));
            assertThat(found.map((one) -> one.counts()[0])).isEqualTo(expected.map((one) -> one.counts()[0]));
            found.ifPresent((one) -> assertThat(one.counts()).isSortedAccordingTo(Comparator.reverseOrder()));
        }
    }

    private static Optional<Continuation> naive(List<int[]> texts, int from, int[] recent) {
        for (int match = Math.min(Recollection.MAX_MATCH, recent.length); match >= 2; match--) {
            int[] end = Arrays.copyOfRange(recent, recent.length - match, recent.length);
            Map<Integer, Integer> counts = new HashMap<>();
            for (int[] text : texts) {
                for (int at = Math.max(from, match); at < text.length; at++) {
                    if (Arrays.equals(text, at - match, at, end, 0, match)) {
                        counts.merge(text[at], 1, Integer::sum);
                    }
                }
            }
            if (!counts.isEmpty()) {
                int most = counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
                int all = counts.values().stream().mapToInt(Integer::intValue).sum();
                return Optional.of(new Continuation(match, all, new int[0], new int[] { most }));
            }
        }
        return Optional.empty();
    }

    @Test
    void whatIsOldIsForgotten() {
        this.memory.learn(new int[] { 1, 2, 3 }, 0);
        this.memory.learn(this.random.ints(500, 10, 1_000_000).toArray(), 0);
        assertThat(this.memory.after(new int[] { 1, 2 })).isPresent();
        this.memory.learn(this.random.ints(500, 10, 1_000_000).toArray(), 0);
        assertThat(this.memory.after(new int[] { 1, 2 })).isEmpty();
    }

    @Test
    void answersWithoutTokensLeaveNothingBehind() {
        int empty = this.memory.nodes();
        for (int i = 0; i < 2000; i++) {
            int[] prompt = this.random.ints(20, 10, 1_000_000).toArray();
            this.memory.learn(prompt, prompt.length);
        }
        assertThat(this.memory.nodes()).isEqualTo(empty);
    }

    @Test
    void shortAnswersTakeNoMoreThanLongOnes() {
        for (int i = 0; i < 5000; i++) {
            this.memory.learn(this.random.ints(21, 10, 1_000_000).toArray(), 20);
        }
        assertThat(this.memory.nodes()).isBetween(4500, 9100); // 1000 tokens of nine
                                                               // nodes each
    }

    @Test
    void nodesAreBoundedByTokensAndDepth() {
        SuffixCounts counts = new SuffixCounts();
        for (int i = 0; i < 10_000; i++) {
            int node = SuffixCounts.ROOT;
            for (int depth = 0; depth < 9; depth++) {
                node = counts.child(node, this.random.nextInt(50_000));
            }
        }
        assertThat(counts.nodes()).isLessThanOrEqualTo(90_001).isGreaterThan(80_000);
    }

    @Test
    void aMemoryOfNothingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LiveMemory(1))
            .withMessage("a memory holds at least 2 tokens, was 1");
    }

}
