package dev.cerberus.model;

import dev.cerberus.tree.CandidateTree;

/**
 * The frozen language model whose output is reproduced.
 *
 * <p>
 * Confined to one thread at a time, the engine thread. Native failures surface as
 * {@link ModelException}; the model stays usable.
 */
public interface TargetModel extends AutoCloseable {

    /**
     * Returns the model's dimensions.
     * @return the dimensions
     */
    ModelDimensions dimensions();

    /**
     * Creates an empty cache.
     * @param capacityTokens rows to allocate, 1..{@code maxContext}
     * @return a cache that the caller closes
     */
    KvCache newCache(int capacityTokens);

    /**
     * Appends tokens to a cache and commits them, in chunks of bounded size.
     * @param cache the sequence's cache
     * @param tokens token ids, at least one; must fit the cache
     * @return scores of one node, the last token
     */
    NodeScores prefill(KvCache cache, int[] tokens);

    /**
     * Runs all nodes of a tree in one forward pass and appends their uncommitted rows to
     * the cache. A node sees the committed tokens, itself and its ancestors; its position
     * is the cache's length plus its depth.
     * @param cache the sequence's cache; needs room for the tree's nodes
     * @param tree the nodes
     * @return scores of all nodes
     */
    NodeScores forward(KvCache cache, CandidateTree tree);

    @Override
    void close();

}
