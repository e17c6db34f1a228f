package dev.cerberus.model;

import java.util.Arrays;
import java.util.Optional;

import dev.cerberus.sample.SamplingOptions;
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
     * Returns where in the sequence a row stands.
     * @param row the row
     * @return 0 for the first token of the sequence
     */
    int position(int row);

    /**
     * Returns the number of rows whose scores the forward returns.
     * @return 0 to {@link #rows()}
     */
    int scoredRows();

    /**
     * Returns how the tokens after the scored rows are chosen, for a model that can do so
     * where its scores are: {@link NodeScores#chosen}. The noise is that of the token's
     * position in the sequence.
     * @return how they are sampled, without penalties and bias; empty if nobody asks for
     * the chosen tokens
     */
    Optional<SamplingOptions> sampling();

    private static void requireUnchanged(SamplingOptions sampling) {
        if (!sampling.unchanged()) {
            throw new IllegalArgumentException("a model samples by its own scores, without penalties and bias");
        }
    }

    /**
     * A piece of a prompt, committed when the forward returns.
     *
     * @param cache the cache of the sequence, which needs room for the tokens
     * @param tokens token ids, at least one
     * @param last whether this is the end of the prompt; its last token alone is scored
     * then, and otherwise none
     * @param sampling how the token after the prompt is chosen
     */
    record Piece(KvCache cache, int[] tokens, boolean last, Optional<SamplingOptions> sampling) implements Span {

        /**
         * Checks that there is something to run.
         */
        public Piece {
            if (tokens.length == 0) {
                throw new IllegalArgumentException("a piece of a prompt needs at least one token");
            }
            sampling.ifPresent(Span::requireUnchanged);
        }

        /**
         * Creates a piece of a prompt after which nobody asks for a chosen token.
         * @param cache the cache of the sequence, which needs room for the tokens
         * @param tokens token ids, at least one
         * @param last whether this is the end of the prompt
         */
        public Piece(KvCache cache, int[] tokens, boolean last) {
            this(cache, tokens, last, Optional.empty());
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

        /**
         * Returns this piece with the choice of the token after the prompt.
         * @param chosen how it is chosen
         * @return the piece
         */
        public Piece withSampling(Optional<SamplingOptions> chosen) {
            return new Piece(this.cache, this.tokens, this.last, chosen);
        }

        @Override
        public int position(int row) {
            return this.cache.length() + row;
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
     * @param sampling how the tokens after the nodes are chosen
     */
    record Tree(KvCache cache, CandidateTree tree, Optional<SamplingOptions> sampling) implements Span {

        /**
         * Checks that nodes can be sampled.
         */
        public Tree {
            sampling.ifPresent(Span::requireUnchanged);
        }

        /**
         * Creates a tree after whose nodes nobody asks for chosen tokens.
         * @param cache the cache of the sequence, which needs room for the nodes
         * @param tree the nodes, at most {@link KvCache#treeRows()}
         */
        public Tree(KvCache cache, CandidateTree tree) {
            this(cache, tree, Optional.empty());
        }

        @Override
        public int[] tokens() {
            return this.tree.tokens();
        }

        @Override
        public int rows() {
            return this.tree.nodeCount();
        }

        @Override
        public int position(int row) {
            return this.cache.length() + this.tree.depth(row);
        }

        @Override
        public int scoredRows() {
            return rows();
        }

    }

}
