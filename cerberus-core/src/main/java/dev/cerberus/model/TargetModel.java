package dev.cerberus.model;

import java.util.List;

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
     * Tells how many rows all caches together are going to have, so that no memory is
     * taken for more of them ahead of time. It refuses nothing; models that take memory
     * for single caches only do nothing.
     * @param rows 1 or more
     */
    default void expectRows(long rows) {
    }

    /**
     * Returns what a token takes in a cache.
     * @return bytes, at least 1
     */
    long cacheBytesPerToken();

    /**
     * Returns the most rows of a forward with which it keeps its promises: that what a
     * row gets does not depend on the others, and that it is over soon. One span alone
     * may have more.
     * @return rows of all spans together, at least 1
     */
    int rowLimit();

    /**
     * Returns the most rows of a tree that stands behind nothing, however many rows its
     * cache has.
     * @return rows, the root being one of them, at least 1
     */
    default int treeRows() {
        return Integer.MAX_VALUE;
    }

    /**
     * Runs what several sequences want next in one forward pass. What a sequence gets
     * does not depend on the others. Nothing is changed where it fails.
     * @param spans one span per sequence, at least one
     * @return scores of each span, in the same order, which the caller closes one by one
     */
    List<NodeScores> forward(List<Span> spans);

    /**
     * Runs a tree of one sequence.
     * @param cache the sequence's cache
     * @param tree the nodes
     * @return scores of all nodes
     */
    default NodeScores forward(KvCache cache, CandidateTree tree) {
        return forward(List.of(new Span.Tree(cache, tree))).get(0);
    }

    /**
     * Appends tokens to a cache and commits them, in pieces of {@link #rowLimit()}.
     * @param cache the sequence's cache
     * @param tokens token ids, at least one; must fit the cache
     * @return scores of one node, the last token
     */
    default NodeScores prefill(KvCache cache, int[] tokens) {
        return prefill(cache, tokens, rowLimit());
    }

    /**
     * Appends tokens to a cache and commits them, in pieces.
     * @param cache the sequence's cache
     * @param tokens token ids, at least one; must fit the cache
     * @param pieceTokens the most tokens of a forward, at least 1
     * @return scores of one node, the last token
     */
    default NodeScores prefill(KvCache cache, int[] tokens, int pieceTokens) {
        if (cache.length() + tokens.length > cache.capacity()) {
            throw new IllegalArgumentException("the KV cache holds " + cache.capacity() + " tokens; " + cache.length()
                    + " are committed and " + tokens.length + " more do not fit");
        }
        Span.Piece piece = Span.Piece.of(cache, tokens, 0, pieceTokens);
        int done = piece.rows();
        while (!piece.last()) {
            forward(List.of(piece)).get(0).close();
            piece = Span.Piece.of(cache, tokens, done, pieceTokens);
            done += piece.rows();
        }
        return forward(List.of(piece)).get(0);
    }

    @Override
    void close();

}
