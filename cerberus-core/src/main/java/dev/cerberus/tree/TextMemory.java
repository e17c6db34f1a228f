package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Optional;

/**
 * Text that the target model wrote before, looked up for how it went on.
 *
 * <p>
 * Immutable and thread-safe.
 */
/*
 * A datastore for retrieval-based drafting [1], with what the model itself wrote: where
 * its last tokens stand there too, what followed is a good guess. Positions are chained
 * by a hash of the tokens before them, once for long and once for short matches, so that
 * a frequent short match does not hide the rare long one. Cost: a few dozen comparisons;
 * three numbers a token of memory.
 *
 * [1] He et al., REST: Retrieval-Based Speculative Decoding, 2023,
 * https://arxiv.org/abs/2311.08252
 */
public final class TextMemory implements Recollection {

    private static final int[] ORDERS = { 6, 3 };

    /** Older occurrences are not looked at. */
    private static final int MAX_OCCURRENCES = 24;

    private static final int BETWEEN = -1; // no token has this id

    private final int[] tokens; // sequences, one after another, BETWEEN after each

    private final Chain[] chains; // by order

    /**
     * Creates a memory.
     * @param tokens token ids of all sequences, one after another
     * @param ends index after the last token of each sequence, ascending
     */
    public TextMemory(int[] tokens, int[] ends) {
        this.tokens = new int[tokens.length + ends.length];
        int from = 0;
        for (int i = 0; i < ends.length; i++) {
            if (ends[i] < from || ends[i] > tokens.length) {
                throw new IllegalArgumentException("the ends of the sequences must ascend within 0.." + tokens.length
                        + ", but end " + i + " is " + ends[i]);
            }
            System.arraycopy(tokens, from, this.tokens, from + i, ends[i] - from);
            this.tokens[ends[i] + i] = BETWEEN;
            from = ends[i];
        }
        if (from < tokens.length) {
            throw new IllegalArgumentException("the last sequence must end at " + tokens.length + ", not at " + from);
        }
        this.chains = Arrays.stream(ORDERS).mapToObj((order) -> new Chain(order, this.tokens)).toArray(Chain[]::new);
    }

    /**
     * Returns the number of tokens remembered.
     * @return 0 or more
     */
    public int size() {
        return this.tokens.length - (int) Arrays.stream(this.tokens).filter((token) -> token == BETWEEN).count();
    }

    @Override
    public Kind kind() {
        return Kind.STORED;
    }

    @Override
    public Optional<Continuation> after(int[] recent) {
        for (Chain chain : this.chains) {
            if (recent.length >= chain.order) {
                Tally tally = tally(chain, recent);
                if (tally.match > 0) {
                    return Optional.of(tally.followers.continuation(tally.match));
                }
            }
        }
        return Optional.empty();
    }

    private Tally tally(Chain chain, int[] recent) {
        Tally tally = new Tally();
        int at = chain.latest(recent);
        for (int seen = 0; at >= 0 && seen < MAX_OCCURRENCES; seen++) {
            int match = match(at, recent);
            if (match >= chain.order) {
                tally.add(match, this.tokens[at]);
            }
            at = chain.before[at];
        }
        return tally;
    }

    /** Returns how many of the tokens before a position are the recent ones. */
    private int match(int at, int[] recent) {
        int limit = Math.min(MAX_MATCH, Math.min(at, recent.length));
        int match = 0;
        while (match < limit && this.tokens[at - 1 - match] == recent[recent.length - 1 - match]) {
            match++;
        }
        return match;
    }

    /** The positions that follow equal tokens, the latest first. */
    private static final class Chain {

        private final int order;

        private final int[] latest; // by hash

        private final int[] before; // by position

        Chain(int order, int[] tokens) {
            this.order = order;
            this.latest = new int[Integer.highestOneBit(Math.max(16, tokens.length)) * 2];
            this.before = new int[tokens.length];
            Arrays.fill(this.latest, -1);
            int run = 0; // tokens of the sequence before the position
            for (int at = 0; at < tokens.length; at++) {
                this.before[at] = -1;
                if (tokens[at] == BETWEEN) {
                    run = 0;
                    continue;
                }
                if (run >= order) {
                    int slot = slot(tokens, at);
                    this.before[at] = this.latest[slot];
                    this.latest[slot] = at;
                }
                run++;
            }
        }

        int latest(int[] recent) {
            return this.latest[slot(recent, recent.length)];
        }

        private int slot(int[] tokens, int end) {
            int hash = 0;
            for (int i = end - this.order; i < end; i++) {
                hash = (hash ^ tokens[i]) * 0x9E3779B1;
                hash ^= hash >>> 15;
            }
            return hash & (this.latest.length - 1);
        }

    }

    /** Counts what followed the longest matches. */
    private static final class Tally {

        private int match;

        private FollowerCounts followers = new FollowerCounts();

        void add(int length, int token) {
            if (length > this.match) {
                this.match = length;
                this.followers = new FollowerCounts();
            }
            if (length == this.match) {
                this.followers.add(token, 1);
            }
        }

    }

}
