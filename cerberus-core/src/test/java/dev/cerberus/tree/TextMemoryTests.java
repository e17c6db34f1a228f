package dev.cerberus.tree;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TextMemoryTests {

    private static Recollection.Continuation after(TextMemory memory, int... recent) {
        return memory.after(recent).orElseThrow();
    }

    @Test
    void continuationIsWhatMostlyFollowedTheLongestMatch() {
        TextMemory memory = new TextMemory(new int[] { 9, 1, 2, 3, 7, 1, 2, 3, 8, 5, 1, 2, 3, 8 }, new int[] { 14 });
        Recollection.Continuation found = after(memory, 6, 1, 2, 3);
        assertThat(found.match()).isEqualTo(3);
        assertThat(found.occurrences()).isEqualTo(3);
        assertThat(found.tokens()).containsExactly(8, 7);
        assertThat(found.counts()).containsExactly(2, 1);
        Recollection.Continuation longer = after(memory, 9, 1, 2, 3);
        assertThat(longer.match()).isEqualTo(4);
        assertThat(longer.tokens()).containsExactly(7);
    }

    @Test
    void continuationOfFewerThanThreeKnownTokensIsEmpty() {
        TextMemory memory = new TextMemory(new int[] { 1, 2, 3, 4 }, new int[] { 4 });
        assertThat(memory.after(new int[] { 2, 3 })).isEmpty();
        assertThat(memory.after(new int[] { 9, 2, 3 })).isEmpty();
        assertThat(memory.after(new int[] { 2, 3, 4 })).isEmpty(); // nothing follows
        assertThat(memory.after(new int[0])).isEmpty();
    }

    @Test
    void matchesDoNotReachFromOneSequenceIntoTheNext() {
        TextMemory memory = new TextMemory(new int[] { 1, 2, 3, 4, 5, 6 }, new int[] { 2, 6 });
        assertThat(memory.after(new int[] { 1, 2, 3 })).isEmpty();
        assertThat(after(memory, 3, 4, 5).tokens()).containsExactly(6);
        assertThat(memory.size()).isEqualTo(6);
    }

    @Test
    void continuationIsThatOfANaiveSearch() {
        RandomGenerator random = RandomTrees.random(6);
        // fewer occurrences than are looked at
        int[] tokens = random.ints(200, 0, 3).toArray();
        int[] ends = { 20, 90, 90, 200 };
        TextMemory memory = new TextMemory(tokens, ends);
        for (int round = 0; round < 300; round++) {
            int[] recent = random.ints(8, 0, 3).toArray();
            int longest = 0;
            Map<Integer, Integer> counts = new HashMap<>();
            int from = 0;
            for (int end : ends) {
                for (int at = from + 3; at < end; at++) {
                    int match = 0;
                    while (match < 8 && at - 1 - match >= from && tokens[at - 1 - match] == recent[7 - match]) {
                        match++;
                    }
                    if (match >= 3 && match >= longest) {
                        if (match > longest) {
                            counts.clear();
                        }
                        longest = match;
                        counts.merge(tokens[at], 1, Integer::sum);
                    }
                }
                from = end;
            }
            Optional<Recollection.Continuation> found = memory.after(recent);
            assertThat(found.isPresent()).isEqualTo(longest > 0);
            int expected = longest;
            found.ifPresent((continuation) -> {
                assertThat(continuation.match()).isEqualTo(expected);
                assertThat(continuation.occurrences())
                    .isEqualTo(counts.values().stream().mapToInt(Integer::intValue).sum());
                assertThat(continuation.counts()[0])
                    .isEqualTo(counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow());
                for (int i = 0; i < continuation.tokens().length; i++) {
                    assertThat(continuation.counts()[i]).isEqualTo(counts.get(continuation.tokens()[i]));
                }
                assertThat(continuation.tokens()).hasSize(Math.min(2, counts.size()));
            });
        }
    }

    @Test
    void endsMustAscendToTheLastToken() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TextMemory(new int[4], new int[] { 3, 2, 4 }))
            .withMessageContaining("end 1 is 2");
        assertThatIllegalArgumentException().isThrownBy(() -> new TextMemory(new int[4], new int[] { 3 }))
            .withMessageContaining("must end at 4");
        assertThatIllegalArgumentException().isThrownBy(() -> new TextMemory(new int[4], new int[] { 5 }))
            .withMessageContaining("within 0..4");
        assertThat(new TextMemory(new int[0], new int[0]).size()).isZero();
    }

    @Test
    void frequentShortMatchesDoNotHideALongOne() {
        int[] tokens = new int[10 + 4 * 200];
        System.arraycopy(new int[] { 1, 2, 3, 4, 5, 6, 7, 8, 42, 0 }, 0, tokens, 0, 10);
        for (int i = 0; i < 200; i++) {
            System.arraycopy(new int[] { 6, 7, 8, 50 }, 0, tokens, 10 + 4 * i, 4);
        }
        TextMemory memory = new TextMemory(tokens, new int[] { tokens.length });
        assertThat(after(memory, 1, 2, 3, 4, 5, 6, 7, 8).tokens()).containsExactly(42);
        assertThat(Arrays.stream(after(memory, 9, 6, 7, 8).tokens()).findFirst()).hasValue(50);
    }

}
