package dev.cerberus.decode;

import java.util.Arrays;
import java.util.Optional;

import dev.cerberus.tree.Continuation;

/**
 * Looks up how the text went on where its last tokens stood before: names, numbers and
 * phrases of a prompt that an answer repeats.
 *
 * <p>
 * One per request. Confined to the engine thread.
 */
/*
 * Prompt lookup decoding [1], as a second opinion beside the draft heads: heads see one
 * hidden state and have no way to copy a word they never met; the text has. How often the
 * text is right depends on how long the match is, and on the request; both are learned
 * while it runs, from every token that comes, drafted or not.
 *
 * [1] A. Saxena, Prompt Lookup Decoding, 2023,
 * https://github.com/apoorvumang/prompt-lookup-decoding
 */
final class ContextLookup {

    /** Longer matches say no more. */
    private static final int MAX_MATCH = 6;

    private static final int MAX_TOKENS = 10;

    /** Chances by match length, before anything is learned. */
    private static final double[] PRIOR = { 0, 0.15, 0.4, 0.6, 0.75, 0.85, 0.9 };

    private static final double PRIOR_TRIALS = 6;

    private final double[] hits = new double[MAX_MATCH + 1];

    private final double[] trials = new double[MAX_MATCH + 1];

    private int[] context;

    private int length;

    private int[] pending = new int[0];

    private int pendingMatch;

    private int pendingAt;

    /**
     * Creates a lookup.
     * @param prompt the tokens before the answer
     */
    ContextLookup(int[] prompt) {
        this.context = Arrays.copyOf(prompt, prompt.length + 64);
        this.length = prompt.length;
        for (int m = 1; m <= MAX_MATCH; m++) {
            this.hits[m] = PRIOR_TRIALS * PRIOR[m];
            this.trials[m] = PRIOR_TRIALS;
        }
    }

    /**
     * Follows the answer by one token.
     */
    void append(int token) {
        if (this.pendingAt < this.pending.length) {
            int match = Math.min(MAX_MATCH, this.pendingMatch + this.pendingAt);
            boolean hit = this.pending[this.pendingAt] == token;
            this.trials[match]++;
            this.hits[match] += hit ? 1 : 0;
            this.pendingAt = hit ? this.pendingAt + 1 : this.pending.length;
        }
        if (this.length == this.context.length) {
            this.context = Arrays.copyOf(this.context, 2 * this.length);
        }
        this.context[this.length++] = token;
    }

    /**
     * Returns how the text went on after the longest earlier occurrence of its last
     * tokens, the latest of equally long ones.
     * @param maxTokens the longest continuation wanted
     * @return the continuation; empty if the last token is new to the text
     */
    Optional<Continuation> continuation(int maxTokens) {
        int best = 0;
        int from = 0;
        for (int end = this.length - 2; end >= 0 && best < MAX_MATCH; end--) {
            int match = 0;
            while (match < MAX_MATCH && match <= end
                    && this.context[end - match] == this.context[this.length - 1 - match]) {
                match++;
            }
            if (match > best) {
                best = match;
                from = end + 1;
            }
        }
        int count = Math.min(Math.min(maxTokens, MAX_TOKENS), this.length - from);
        this.pendingAt = 0;
        if (best == 0 || count < 1) {
            this.pending = new int[0];
            return Optional.empty();
        }
        this.pending = Arrays.copyOfRange(this.context, from, from + count);
        this.pendingMatch = best;
        double[] chances = new double[count];
        for (int i = 0; i < count; i++) {
            int match = Math.min(MAX_MATCH, best + i);
            chances[i] = this.hits[match] / this.trials[match];
        }
        return Optional.of(new Continuation(this.pending, chances));
    }

}
