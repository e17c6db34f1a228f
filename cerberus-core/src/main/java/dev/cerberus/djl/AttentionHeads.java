package dev.cerberus.djl;

import dev.cerberus.hf.ModelConfig;

/**
 * How many heads queries, keys and values have. Immutable and thread-safe.
 *
 * @param keyValueHeads heads of keys, and of values
 * @param group query heads of each
 * @param dim numbers of a head
 */
record AttentionHeads(int keyValueHeads, int group, int dim) {

    /**
     * libtorch's product gives a row the same bits whatever goes with it from so many
     * rows on, and if their number is even.
     */
    static final int FEWEST_QUERY_ROWS = 4;

    static AttentionHeads of(ModelConfig config) {
        return new AttentionHeads(config.keyValueHeads(), config.heads() / config.keyValueHeads(), config.headDim());
    }

    /**
     * Returns the query rows of a row of its own which takes the key and value heads
     * behind its query heads as further ones; 0 if those are not enough.
     */
    int lone() {
        int rows = Math.max(FEWEST_QUERY_ROWS, this.group + this.group % 2);
        return (rows <= this.group + 2) ? rows : 0;
    }

    /** Returns what rows of sequences that attend together are padded to. */
    int padded(int rows) {
        if (rows == 1 && lone() > 0) {
            return 1;
        }
        int least = Math.max(rows, (FEWEST_QUERY_ROWS + this.group - 1) / this.group);
        return least + ((this.group % 2 == 1) ? least % 2 : 0);
    }

    /** Returns the query rows of a key head. */
    int queryRows(int rows) {
        return (rows == 1 && lone() > 0) ? lone() : padded(rows) * this.group;
    }

}
