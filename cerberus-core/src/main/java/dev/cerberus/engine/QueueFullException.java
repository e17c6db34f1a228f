package dev.cerberus.engine;

/**
 * Thrown when a request is refused because too many are waiting.
 */
public final class QueueFullException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     * @param capacity how many requests may wait
     */
    public QueueFullException(int capacity) {
        super("The queue is full: " + capacity + " requests are waiting; try again later, or raise "
                + "cerberus.engine.queue-capacity");
    }

}
