package dev.cerberus.model;

import java.util.Arrays;

import dev.cerberus.tree.CandidateTree;

/**
 * What one sequence puts into a forward: consecutive rows behind what its cache holds.
 *
 * <p>
 * Arrays are not copied; treat them as read-only.
 */
public sealed interface Span {

    /**
     * Returns the cache of the sequence.
     * @return a cache of the model that runs the forward
     */
    KvCache cache();

    /**
     * Returns the token ids of the rows.
     * @return token ids, at least one
     */
    int[] tokens();

    /**
     * Returns the number of rows.
     * @return at least 1
     */
    default int rows() {
        return tokens().length;
    }

    /**
     * Returns the number of rows whose scores the forward returns.
     * @return 0 to {@link #rows()}
     */
    int scoredRows();

    /**
     * A piece of a prompt, committed when the forward returns.
     *
     * @param cache the cache of the sequence, which needs room for the tokens
     * @param tokens token ids, at least one
     * @param last whether this is the end of the prompt; its last token alone is scored
     * then, and otherwise none
     */
    record Piece(KvCache cache, int[] tokens, boolean last) implements Span {

        /**
         * Checks that there is something to run.
         */
        public Piece {
            if (tokens.length == 0) {
                throw new IllegalArgumentException("a piece of a prompt needs at least one token");
            }
        }

        /**
         * Returns a part of a prompt.
         * @param cache the cache of the sequence
         * @param prompt the whole prompt
         * @param from the first token of the piece
         * @param most the most tokens of the piece, at least 1
         * @return the tokens from {@code from} on, as many as allowed
         */
        public static Piece of(KvCache cache, int[] prompt, int from, int most) {
            int to = (int) Math.min((long) from + most, prompt.length);
            return new Piece(cache, Arrays.copyOfRange(prompt, from, to), to == prompt.length);
        }

        @Override
        public int scoredRows() {
            return this.last ? 1 : 0;
        }

    }

    /**
     * A tree below the last token of a sequence, of which the cache's next
     * {@linkplain KvCache#commit commit} keeps a path. A node sees the committed tokens,
     * itself and its ancestors; its position is the cache's length plus its depth. All
     * nodes are scored.
     *
     * @param cache the cache of the sequence, which needs room for the nodes
     * @param tree the nodes, at most {@link KvCache#treeRows()}
     */
    record Tree(KvCache cache, CandidateTree tree) implements Span {

        @Override
        public int[] tokens() {
            return this.tree.tokens();
        }

        @Override
        public int rows() {
            return this.tree.nodeCount();
        }

        @Override
        public int scoredRows() {
            return rows();
        }

    }

}
