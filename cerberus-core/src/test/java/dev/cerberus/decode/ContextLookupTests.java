package dev.cerberus.decode;

import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.cerberus.tree.Continuation;

import static org.assertj.core.api.Assertions.assertThat;

class ContextLookupTests {

    @Test
    void continuationIsWhatFollowedTheLongestEarlierMatch() {
        ContextLookup lookup = new ContextLookup(new int[] { 1, 2, 3, 4, 9, 3, 7, 8, 1, 2, 3 });
        assertThat(tokens(lookup, 3)).containsExactly(4, 9, 3);
    }

    @Test
    void continuationOfEquallyLongMatchesIsTheLatest() {
        ContextLookup lookup = new ContextLookup(new int[] { 5, 1, 6, 2, 7, 1, 8, 2, 1 });
        assertThat(tokens(lookup, 2)).containsExactly(8, 2);
    }

    @Test
    void continuationMayOverlapTheMatch() {
        ContextLookup lookup = new ContextLookup(new int[] { 4, 4, 4 });
        assertThat(tokens(lookup, 5)).containsExactly(4);
    }

    @Test
    void continuationOfANewTokenIsEmpty() {
        ContextLookup lookup = new ContextLookup(new int[] { 1, 2, 3 });
        assertThat(lookup.continuation(4)).isEmpty();
        lookup.append(1);
        assertThat(tokens(lookup, 4)).containsExactly(2, 3, 1);
        lookup.append(7);
        assertThat(lookup.continuation(4)).isEmpty();
    }

    @Test
    void continuationWhenNothingIsWantedIsEmpty() {
        assertThat(new ContextLookup(new int[] { 1, 1 }).continuation(0)).isEmpty();
    }

    @Test
    void longerMatchesAreBelievedMore() {
        Continuation continuation = new ContextLookup(new int[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 2 }).continuation(6)
            .orElseThrow();
        assertThat(continuation.acceptances()).isSorted();
        assertThat(continuation.acceptances()[0]).isLessThan(0.3);
        assertThat(continuation.acceptances()[5]).isGreaterThan(0.8);
    }

    @Test
    void chancesFollowWhatTheAnswerDoes() {
        ContextLookup deaf = new ContextLookup(new int[] { 1, 2, 1 });
        double before = chance(deaf);
        deaf.append(9);
        deaf.append(1);
        assertThat(chance(deaf)).isLessThan(before);

        ContextLookup faithful = new ContextLookup(new int[] { 1, 2, 1 });
        assertThat(chance(faithful)).isEqualTo(before);
        faithful.append(2);
        faithful.append(8);
        faithful.append(1);
        assertThat(chance(faithful)).isGreaterThan(before);
    }

    @Test
    void longTextsAreFollowed() {
        ContextLookup lookup = new ContextLookup(new int[] { 0 });
        for (int i = 1; i < 1000; i++) {
            lookup.append(i);
        }
        lookup.append(500);
        assertThat(tokens(lookup, 2)).containsExactly(501, 502);
    }

    private static int[] tokens(ContextLookup lookup, int most) {
        return lookup.continuation(most).orElseThrow().tokens();
    }

    private static double chance(ContextLookup lookup) {
        return lookup.continuation(1).map((found) -> found.acceptances()[0]).orElse(0.0);
    }

    @Test
    void unwantedTokensAreNotCountedAsMisses() {
        ContextLookup lookup = new ContextLookup(new int[] { 1, 2, 3, 1 });
        double before = chance(lookup);
        lookup.append(2); // wanted one token, and it was right
        lookup.append(9); // not part of what was proposed
        lookup.append(1);
        Optional<Continuation> after = lookup.continuation(2);
        assertThat(after.map((found) -> found.acceptances()[0]))
            .hasValueSatisfying((chance) -> assertThat(chance).isGreaterThan(before));
    }

}
