package dev.cerberus.tree;

import java.util.Optional;

/**
 * Other texts of the target model, looked up for how they went on where the last tokens
 * of a text stand in them too.
 */
public interface Recollection {

    /** Longer matches say no more. */
    int MAX_MATCH = 8;

    /**
     * Where the texts come from; each is to be believed in its own way.
     */
    enum Kind {

        /** From a file. */
        STORED,

        /** From answers that were finished a while ago. */
        LIVE

    }

    /**
     * What followed earlier occurrences of some tokens: of the longest match the two most
     * frequent tokens.
     *
     * @param match how many tokens match
     * @param occurrences how often they were found
     * @param tokens what followed, the most frequent first, one or two different tokens
     * @param counts how often each did
     */
    record Continuation(int match, int occurrences, int[] tokens, int[] counts) {
    }

    /**
     * Returns where the texts come from.
     * @return the kind
     */
    Kind kind();

    /**
     * Returns what followed some tokens.
     * @param recent the last tokens of a text, oldest first; more than {@link #MAX_MATCH}
     * are not looked at
     * @return the continuation; empty if too few of them stand here together
     */
    Optional<Continuation> after(int[] recent);

    /**
     * Takes a finished answer.
     * @param text prompt and answer
     * @param from index of the answer's first token
     */
    default void learn(int[] text, int from) {
        // What is stored does not change.
    }

}
