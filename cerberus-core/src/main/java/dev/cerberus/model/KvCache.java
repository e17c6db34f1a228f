package dev.cerberus.model;

/**
 * Keys and values of one sequence's tokens inside the target model.
 *
 * <p>
 * The first {@link #length()} rows are committed. A {@link Span.Piece} commits its rows,
 * a {@link Span.Tree} appends one uncommitted row per node; the next {@link #commit}
 * keeps some of them, and whatever is not committed is overwritten by the next forward.
 * Confined to the engine thread. Whoever created the cache closes it.
 */
public interface KvCache extends AutoCloseable {

    /**
     * Returns the number of committed tokens.
     * @return 0..capacity
     */
    int length();

    /**
     * Returns the number of rows allocated; committed tokens and a tree's nodes together
     * must fit.
     * @return tokens
     */
    int capacity();

    /**
     * Makes room for more rows. Committed ones are kept, others are not.
     * @param capacityTokens rows to allocate, {@link #capacity()} to {@code maxContext}
     */
    void grow(int capacityTokens);

    /**
     * Makes way for others, of a cache that is only kept for now: it may lie elsewhere
     * afterwards, and have fewer rows, but keeps those that nobody would gain by.
     */
    void park();

    /**
     * Gives back all rows behind the committed ones, of a cache that is only kept; it may
     * grow again.
     */
    void trim();

    /**
     * Copies the first tokens of another sequence into this empty cache and commits them.
     * @param source a cache of the same model
     * @param tokens how many, at most as many as the source has and this one holds
     */
    void copy(KvCache source, int tokens);

    /**
     * Returns the most nodes, root included, that the tree of the next forward may have:
     * what is left of the capacity, or less where a larger tree would change in the last
     * bits what its nodes get.
     * @return nodes; at least 1 while a token fits
     */
    int treeRows();

    /**
     * Keeps the rows of an accepted path and drops the other nodes of the last forward.
     * @param path nodes of the last forward's tree, ascending, the root first
     */
    void commit(int[] path);

    /**
     * Forgets the tokens from the given length on.
     * @param length number of tokens to keep, 0..{@link #length()}
     */
    void truncate(int length);

    @Override
    void close();

}
