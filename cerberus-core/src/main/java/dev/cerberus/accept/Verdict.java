package dev.cerberus.accept;

/**
 * The outcome of verifying a candidate tree.
 *
 * <p>
 * The array is not copied; treat it as read-only.
 *
 * @param path accepted nodes from the root downwards; its length is the number of
 * accepted draft tokens plus 1
 * @param nextToken the target model's own choice after the last node of the path
 */
public record Verdict(int[] path, int nextToken) {

    /**
     * Returns the number of draft tokens kept; neither the root nor the target's own next
     * token counts.
     * @return 0 or more
     */
    public int acceptedDraftTokens() {
        return this.path.length - 1;
    }

    /**
     * Returns the last accepted node.
     * @return the node whose hidden state precedes the next token
     */
    public int lastNode() {
        return this.path[this.path.length - 1];
    }

}
