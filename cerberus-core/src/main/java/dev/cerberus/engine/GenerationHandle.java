package dev.cerberus.engine;

/**
 * A submitted request. Thread-safe.
 */
public interface GenerationHandle {

    /**
     * Returns the request's id.
     * @return unique within the process
     */
    String id();

    /**
     * Ends the request as soon as possible, even within an accepted path; one that still
     * waits leaves the queue at once and is never decoded. Does nothing if it has ended.
     */
    void cancel();

    /**
     * Returns whether {@link #cancel} was called.
     * @return whether the request was cancelled
     */
    boolean isCancelled();

}
