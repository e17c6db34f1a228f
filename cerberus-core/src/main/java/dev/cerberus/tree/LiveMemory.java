package dev.cerberus.tree;

import java.util.Optional;

/**
 * The last answers of a model, for drafts of further ones: questions come again, and
 * letters differ by a name.
 *
 * <p>
 * Bounded: the older half is forgotten when the newer one is full. Confined to one
 * thread.
 */
/*
 * A suffix tree cut at a depth, with counts [1]: the node of some tokens knows how often
 * they stood together, its children what followed. Cost: a few steps down a hash table
 * for every token that is added or asked about, whatever the texts are; at most DEPTH
 * nodes a token. Two trees take turns, so that nothing has to be removed from one: what
 * both know is added up.
 *
 * [1] Hu et al., SAM Decoding: Speculative Decoding via Suffix Automaton, 2024,
 * https://arxiv.org/abs/2411.10666
 */
public final class LiveMemory implements Recollection {

    /** One token agrees with too much. */
    private static final int LEAST_MATCH = 2;

    private static final int DEPTH = MAX_MATCH + 1;

    private final int capacity;

    private SuffixCounts newer = new SuffixCounts();

    private SuffixCounts older = new SuffixCounts();

    private int added; // tokens of the newer tree

    /**
     * Creates an empty memory.
     * @param tokens the most tokens of answers that it holds, at least 2
     */
    public LiveMemory(int tokens) {
        if (tokens < 2) {
            throw new IllegalArgumentException("a memory holds at least 2 tokens, was " + tokens);
        }
        this.capacity = tokens;
    }

    @Override
    public Kind kind() {
        return Kind.LIVE;
    }

    /*
     * The prompt's last tokens are what the answer's first ones are found by; how they
     * followed one another is not counted. Their nodes count as memory, or else answers
     * of a word or two would take several times the memory that as many tokens of long
     * ones do.
     */
    @Override
    public void learn(int[] text, int from) {
        if (from == text.length) {
            return; // nothing followed the prompt
        }
        for (int start = Math.max(0, from - MAX_MATCH); start < text.length; start++) {
            int node = SuffixCounts.ROOT;
            for (int at = start; at < Math.min(text.length, start + DEPTH); at++) {
                node = this.newer.child(node, text[at]);
                if (at >= from) {
                    this.newer.count(node);
                }
            }
            this.added += (start >= from) ? 1 : 0;
            forgetWhereFull();
        }
    }

    private void forgetWhereFull() {
        int half = this.capacity / 2;
        if (this.added >= half || this.newer.nodes() > (long) half * DEPTH) {
            this.older = this.newer;
            this.newer = new SuffixCounts();
            this.added = 0;
        }
    }

    /** Returns the number of nodes of both trees. */
    int nodes() {
        return this.newer.nodes() + this.older.nodes();
    }

    @Override
    public Optional<Continuation> after(int[] recent) {
        for (int match = Math.min(MAX_MATCH, recent.length); match >= LEAST_MATCH; match--) {
            FollowerCounts followers = new FollowerCounts();
            this.newer.followers(recent, match, followers);
            this.older.followers(recent, match, followers);
            if (followers.total() > 0) {
                return Optional.of(followers.continuation(match));
            }
        }
        return Optional.empty();
    }

}
