package dev.cerberus.decode;

import dev.cerberus.tree.DraftSource;

/**
 * Draft tokens that became part of an answer, by who proposed them.
 *
 * @param heads proposed by the draft heads
 * @param lookup found in the text at hand
 * @param memory found in the memory of other texts
 */
public record AcceptedTokens(int heads, int lookup, int memory) {

    /** No token at all. */
    public static final AcceptedTokens NONE = new AcceptedTokens(0, 0, 0);

    /**
     * Returns these tokens and one more.
     * @param source who proposed it
     * @return the sum
     */
    public AcceptedTokens and(DraftSource source) {
        return switch (source) {
            case HEADS -> new AcceptedTokens(this.heads + 1, this.lookup, this.memory);
            case LOOKUP -> new AcceptedTokens(this.heads, this.lookup + 1, this.memory);
            case MEMORY -> new AcceptedTokens(this.heads, this.lookup, this.memory + 1);
        };
    }

    /**
     * Returns their number.
     * @return 0 or more
     */
    public int total() {
        return this.heads + this.lookup + this.memory;
    }

}
