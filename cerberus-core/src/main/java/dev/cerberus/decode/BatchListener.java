package dev.cerberus.decode;

/**
 * An observer of the forwards of a {@link DecodeBatch}, called on the engine thread; it
 * must return quickly.
 */
public interface BatchListener {

    /**
     * A listener that ignores everything.
     */
    BatchListener NONE = new BatchListener() {
    };

    /**
     * A forward is over.
     * @param rows rows of all sequences: pieces of prompts, last tokens and draft nodes
     * @param sequences sequences that took part
     * @param seconds time taken
     */
    default void onForward(int rows, int sequences, double seconds) {
    }

    /**
     * A sequence begins to read its text.
     * @param knownTokens tokens at its start whose keys and values were still there
     * @param readTokens tokens that have to be read
     */
    default void onPrefix(int knownTokens, int readTokens) {
    }

    /**
     * A forward of several sequences, or a call of their draft heads, has failed and is
     * tried again for each by itself.
     * @param sequences sequences that took part
     * @param failure why
     */
    default void onRetry(int sequences, Throwable failure) {
    }

    /**
     * What a finished sequence has read could not be kept for others, which read it
     * again.
     * @param failure why
     */
    default void onNotKept(Throwable failure) {
    }

    /**
     * A finished answer could not be remembered for drafts of others.
     * @param failure why
     */
    default void onNotRemembered(Throwable failure) {
    }

    /**
     * There is no memory for a sequence to grow as it likes; it goes on with fewer rows.
     * @param failure why
     */
    default void onScarcity(Throwable failure) {
    }

}
