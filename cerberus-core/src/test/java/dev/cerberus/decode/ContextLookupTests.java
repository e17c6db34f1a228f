package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cerberus.constrain.CompileBudget;
import dev.cerberus.constrain.Constraints;
import dev.cerberus.constrain.Grammar;
import dev.cerberus.constrain.TokenVocabulary;
import dev.cerberus.tree.HeadCandidates;
import dev.cerberus.tree.PathLookup.Guess;
import dev.cerberus.tree.Ranking;
import dev.cerberus.tree.TextMemory;

import static org.assertj.core.api.Assertions.assertThat;

class ContextLookupTests {

    /** Heads that know nothing of the tokens used here. */
    private static final Ranking NO_IDEA = heads(900, 0.1);

    private static Ranking heads(int token, double probability) {
        return new HeadCandidates(new int[][] { { token } }, new double[][] { { probability } }, 0).below(0, 0);
    }

    private static ContextLookup lookup(int... prompt) {
        return new ContextLookup(prompt, List.of(), new LookupTrust());
    }

    private static List<Integer> tokens(ContextLookup lookup, int... path) {
        return lookup.after(path, NO_IDEA).stream().map(Guess::token).toList();
    }

    private static double chance(ContextLookup lookup, int... path) {
        return lookup.after(path, NO_IDEA).get(0).probability();
    }

    @Test
    void guessIsWhatFollowedTheLongestEarlierMatchThenTheLatestOther() {
        assertThat(tokens(lookup(1, 2, 3, 4, 9, 3, 7, 8, 1, 2, 3))).containsExactly(4, 7);
        assertThat(tokens(lookup(5, 1, 6, 2, 7, 1, 8, 2, 1))).containsExactly(8, 6);
    }

    @Test
    void guessBelowAPathFollowsTheTextExtendedByThePath() {
        ContextLookup lookup = lookup(1, 2, 3, 4, 9, 3, 7, 8, 1);
        assertThat(tokens(lookup)).containsExactly(2);
        assertThat(tokens(lookup, 2)).containsExactly(3);
        assertThat(tokens(lookup, 2, 3)).containsExactly(4, 7);
        assertThat(tokens(lookup, 8)).containsExactly(1);
        assertThat(tokens(lookup, 77)).isEmpty();
    }

    /* Else answers in a format would teach the others to believe nothing. */
    @Test
    void whatAFormatRulesOutIsNoGuessAndTeachesNothing() {
        byte[][] texts = { {}, { 'a' }, { 'b' }, { 'c' } };
        AnswerConstraint format = new AnswerConstraint(new Constraints(Grammar.regex("[bc]*", new CompileBudget()),
                new TokenVocabulary(texts, Set.of(0)), false)
            .start());
        LookupTrust trust = new LookupTrust();
        double[] before = { trust.odds(trust.kind(0, 1, 1)), trust.odds(trust.kind(0, 1, 2)) };
        ContextLookup lookup = new ContextLookup(new int[] { 3, 1, 3 }, List.of(), trust); // 3
                                                                                           // is
                                                                                           // followed
                                                                                           // by
                                                                                           // 1
        assertThat(format.over(Optional.of(lookup)).after(new int[0], NO_IDEA)).isEmpty();
        lookup.append(2);
        assertThat(trust.odds(trust.kind(0, 1, 1))).isEqualTo(before[0]);
        assertThat(trust.odds(trust.kind(0, 1, 2))).isEqualTo(before[1]);
    }

    /* A state of a format that is asked for many tokens looks for all that it allows. */
    @Test
    void onlyTheBestContinuationsAreHeldAgainstAFormat() {
        int[] text = new int[121]; // 1 is followed by 60 tokens
        Arrays.fill(text, 1);
        for (int i = 0; i < 60; i++) {
            text[2 * i + 1] = 100 + i;
        }
        List<Integer> asked = new ArrayList<>();
        ContextLookup lookup = lookup(text);
        List<Guess> all = lookup.after(new int[0], NO_IDEA, asked::add);
        assertThat(all).isEqualTo(lookup.after(new int[0], NO_IDEA)).hasSize(2);
        assertThat(asked).containsExactly(159, 158, 157);
        asked.clear();
        assertThat(lookup.after(new int[0], NO_IDEA, (token) -> !asked.add(token))).isEmpty();
        assertThat(asked).hasSize(16);
    }

    @Test
    void guessMayBeWhatThePathItselfRepeats() {
        assertThat(tokens(lookup(4, 4, 4))).containsExactly(4);
        assertThat(tokens(lookup(1, 2), 1)).containsExactly(2);
    }

    @Test
    void guessAfterANewTokenIsNone() {
        ContextLookup lookup = lookup(1, 2, 3);
        assertThat(tokens(lookup)).isEmpty();
        lookup.append(1);
        assertThat(tokens(lookup)).containsExactly(2);
        lookup.append(7);
        assertThat(tokens(lookup)).isEmpty();
    }

    @Test
    void occurrencesThatGoOnAlikeAreOneGuess() {
        assertThat(tokens(lookup(1, 2, 8, 1, 2, 9, 1, 2, 5, 1))).containsExactly(2);
    }

    @Test
    void guessesBelowARootThatWasNotAskedAboutAreLearnedFrom() {
        ContextLookup known = lookup(1, 2, 3, 4, 5, 6, 1);
        ContextLookup asked = lookup(1, 2, 3, 4, 5, 6, 1);
        double before = chance(lookup(1, 2, 3, 4, 5, 6, 1), 2);
        tokens(asked);
        for (ContextLookup lookup : List.of(known, asked)) {
            tokens(lookup, 2); // 3, which is wrong
            lookup.append(2);
            lookup.append(9);
            lookup.append(1);
        }
        assertThat(chance(known, 2)).isLessThan(before);
        tokens(asked);
        assertThat(chance(known, 2)).isEqualTo(chance(asked, 2));
    }

    @Test
    void longerMatchesAreBelievedMore() {
        ContextLookup lookup = lookup(1, 2, 3, 4, 5, 6, 7, 8, 9, 2);
        double[] chances = { chance(lookup), chance(lookup, 3), chance(lookup, 3, 4), chance(lookup, 3, 4, 5) };
        assertThat(chances).isSorted();
        assertThat(chances[3]).isGreaterThan(chances[0] + 0.1);
    }

    @Test
    void guessesLeaveTheHeadsWhatTheyAreSureOf() {
        ContextLookup lookup = lookup(1, 2, 1);
        double modest = lookup.after(new int[0], heads(900, 0.1)).get(0).probability();
        double opposed = lookup.after(new int[0], heads(900, 0.99)).get(0).probability();
        double agreed = lookup.after(new int[0], heads(2, 0.9)).get(0).probability();
        assertThat(opposed).isLessThan(0.1).isLessThan(modest);
        assertThat(agreed).isGreaterThan(modest).isLessThan(1);
    }

    @Test
    void probabilitiesOfSeveralGuessesSumToLessThanOne() {
        ContextLookup lookup = lookup(1, 2, 5, 1, 2, 6, 1, 2);
        List<Guess> guesses = lookup.after(new int[0], heads(5, 0.9999));
        assertThat(guesses).hasSize(2);
        assertThat(guesses.stream().mapToDouble(Guess::probability).sum()).isLessThan(1);
        assertThat(guesses.stream().mapToDouble(Guess::probability)).allMatch((p) -> p > 0);
    }

    @Test
    void chancesFollowWhatTheAnswerDoesAtEveryPathAsked() {
        ContextLookup deaf = lookup(1, 2, 3, 1);
        double before = chance(deaf);
        double below = chance(deaf, 2);
        deaf.append(9);
        deaf.append(1);
        assertThat(chance(deaf)).isLessThan(before);

        ContextLookup faithful = lookup(1, 2, 3, 1);
        assertThat(chance(faithful)).isEqualTo(before);
        assertThat(chance(faithful, 2)).isEqualTo(below);
        faithful.append(2);
        faithful.append(3);
        faithful.append(1);
        assertThat(chance(faithful)).isGreaterThan(before);
    }

    @Test
    void pathsThatTheAnswerDidNotTakeTeachNothing() {
        ContextLookup lookup = lookup(1, 2, 3, 1);
        double before = chance(lookup);
        double below = chance(lookup, 2);
        lookup.append(2); // right
        lookup.append(9); // below the path asked about: wrong
        ContextLookup other = lookup(1, 2, 3, 1);
        chance(other);
        chance(other, 2);
        other.append(9); // wrong; what would have followed 2 stays unknown
        other.append(3);
        other.append(1);
        lookup.append(1);
        assertThat(chance(lookup)).isGreaterThan(before);
        assertThat(chance(other)).isLessThan(before);
        assertThat(chance(other, 2)).isEqualTo(below);
    }

    @Test
    void trustIsSharedBetweenTexts() {
        LookupTrust trust = new LookupTrust();
        ContextLookup first = new ContextLookup(new int[] { 1, 2, 3, 1 }, List.of(), trust);
        double before = chance(first);
        first.append(2);
        assertThat(chance(new ContextLookup(new int[] { 7, 8, 9, 7 }, List.of(), trust))).isGreaterThan(before);
    }

    @Test
    void memoryIsLookedUpBesideTheText() {
        TextMemory memory = new TextMemory(new int[] { 1, 2, 3, 50, 51, 1, 2, 3, 50, 52 }, new int[] { 5, 10 });
        ContextLookup lookup = new ContextLookup(new int[] { 60, 3, 70, 1, 2, 3 }, List.of(memory), new LookupTrust());
        assertThat(tokens(lookup)).containsExactlyInAnyOrder(50, 70);
        assertThat(tokens(lookup, 50)).containsExactlyInAnyOrder(51, 52);
        assertThat(tokens(lookup, 70)).containsExactly(1);
    }

    @Test
    void tokenThatTextAndMemoryGuessIsBelievedMore() {
        TextMemory memory = new TextMemory(new int[] { 5, 1, 2, 9 }, new int[] { 4 });
        int[] prompt = { 8, 2, 9, 5, 1, 2 };
        double alone = chance(lookup(prompt));
        ContextLookup both = new ContextLookup(prompt, List.of(memory), new LookupTrust());
        assertThat(tokens(both)).containsExactly(9);
        assertThat(chance(both)).isGreaterThan(alone);
    }

    @Test
    void memoryThatMisleadsIsBelievedLess() {
        TextMemory memory = new TextMemory(new int[] { 5, 6, 7, 8 }, new int[] { 4 });
        LookupTrust trust = new LookupTrust();
        double before = 0;
        for (int round = 0; round < 20; round++) {
            ContextLookup lookup = new ContextLookup(new int[] { 5, 6, 7 }, List.of(memory), trust);
            before = (round == 0) ? chance(lookup) : before;
            chance(lookup);
            lookup.append(1);
        }
        ContextLookup last = new ContextLookup(new int[] { 5, 6, 7 }, List.of(memory), trust);
        assertThat(chance(last)).isLessThan(before / 2);
    }

    @Test
    void promiseIsTheChanceOfTheBestGuessAndLearns() {
        assertThat(lookup(1, 2, 3).promise()).isZero();
        ContextLookup lookup = lookup(1, 2, 3, 4, 5, 1, 2, 3, 4);
        double before = lookup.promise();
        assertThat(before).isBetween(0.5, 0.99);
        lookup.append(9);
        for (int token : new int[] { 1, 2, 3, 4 }) {
            lookup.append(token);
        }
        assertThat(lookup.promise()).isLessThan(before);
    }

    @Test
    void longTextsAreFollowed() {
        ContextLookup lookup = lookup(0);
        for (int i = 1; i < 1000; i++) {
            lookup.append(i);
        }
        lookup.append(500);
        assertThat(tokens(lookup)).containsExactly(501);
        assertThat(tokens(lookup, 501, 502)).containsExactly(503);
    }

    @Test
    void guessesEqualThoseOfANaiveSearch() {
        // small vocabulary, many matches
        java.util.Random random = new java.util.Random(11);
        int[] text = random.ints(60, 0, 4).toArray();
        for (int length = 2; length < text.length; length++) {
            int[] all = Arrays.copyOf(text, length);
            int split = Math.max(1, length - 2);
            ContextLookup lookup = lookup(Arrays.copyOf(all, split));
            assertThat(tokens(lookup, Arrays.copyOfRange(all, split, length))).isEqualTo(naive(all, split));
        }
    }

    /** What followed the longest, then latest earlier occurrences of the end. */
    private static List<Integer> naive(int[] all, int known) {
        // by next token: length, place
        java.util.Map<Integer, int[]> best = new java.util.HashMap<>();
        for (int at = 0; at + 1 < known; at++) {
            int match = 0;
            while (match < LookupTrust.MAX_MATCH && match <= at && all[at - match] == all[all.length - 1 - match]) {
                match++;
            }
            int[] old = best.get(all[at + 1]);
            if (match > 0 && (old == null || match >= old[0])) {
                best.put(all[at + 1], new int[] { match, at });
            }
        }
        return best.entrySet()
            .stream()
            .sorted((a, b) -> (a.getValue()[0] != b.getValue()[0]) ? b.getValue()[0] - a.getValue()[0]
                    : b.getValue()[1] - a.getValue()[1])
            .limit(LookupTrust.MAX_GUESSES)
            .map(java.util.Map.Entry::getKey)
            .toList();
    }

}
