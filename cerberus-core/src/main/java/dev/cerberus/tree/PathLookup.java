package dev.cerberus.tree;

import java.util.List;
import java.util.Optional;

/**
 * A second opinion, beside the draft heads', on which tokens may follow a path.
 */
@FunctionalInterface
public interface PathLookup {

    /**
     * Guesses the token after a path.
     * @param path token ids below the root, first to last; empty for what follows the
     * root
     * @param heads what the heads propose after the path
     * @return different tokens, best first, with probabilities that sum to less than 1;
     * what is left is the heads'. Empty if there is nothing to go by.
     */
    List<Guess> after(int[] path, Ranking heads);

    /**
     * Returns the token after a path where no other can follow; asked first, since nobody
     * else has to be asked then.
     * @param path token ids below the root, first to last
     * @return the token; empty where there is a choice, and where nothing can follow
     */
    default Optional<Guess> only(int[] path) {
        return Optional.empty();
    }

    /**
     * Returns whether a token that the heads propose may follow a path at all.
     * @param path token ids below the root, first to last
     * @param token the token
     * @return {@code false} to leave it out; the next candidate takes its place
     */
    default boolean mayFollow(int[] path, int token) {
        return true;
    }

    /**
     * A token that may follow.
     *
     * @param token its id
     * @param probability how likely it follows, all being considered, in 0..1
     * @param source who is surest of it; may be the heads, if they propose it too
     */
    record Guess(int token, double probability, DraftSource source) {

        /**
         * Creates a guess from the text at hand.
         * @param token its id
         * @param probability how likely it follows, in 0..1
         */
        public Guess(int token, double probability) {
            this(token, probability, DraftSource.LOOKUP);
        }

    }

}
