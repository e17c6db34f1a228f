package dev.cerberus.decode;

/**
 * An observer of the forwards of a {@link DecodeBatch}, called on the engine thread; it
 * must return quickly.
 */
@FunctionalInterface
public interface BatchListener {

    /**
     * A listener that ignores everything.
     */
    BatchListener NONE = (rows, sequences, seconds) -> {
    };

    /**
     * A forward is over.
     * @param rows rows of all sequences: pieces of prompts, last tokens and draft nodes
     * @param sequences sequences that took part
     * @param seconds time taken
     */
    void onForward(int rows, int sequences, double seconds);

}
