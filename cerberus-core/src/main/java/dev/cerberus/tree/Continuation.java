package dev.cerberus.tree;

/**
 * One path of tokens that something other than the draft heads proposes.
 *
 * <p>
 * The arrays are not copied; treat them as read-only.
 *
 * @param tokens token ids below the root, first to last, at least one
 * @param acceptances chance of each token to be right if those before it are, [tokens],
 * in 0..1
 */
public record Continuation(int[] tokens, double[] acceptances) {

    /**
     * Checks the shapes.
     */
    public Continuation {
        if (tokens.length == 0 || tokens.length != acceptances.length) {
            throw new IllegalArgumentException("a continuation needs one chance per token and at least one token, had "
                    + tokens.length + " tokens and " + acceptances.length + " chances");
        }
    }

    /**
     * Returns the number of tokens.
     * @return at least 1
     */
    public int length() {
        return this.tokens.length;
    }

}
