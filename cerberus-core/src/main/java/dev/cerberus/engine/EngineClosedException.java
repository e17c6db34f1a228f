package dev.cerberus.engine;

/**
 * Thrown when a request reaches an engine that is shutting down or takes none for a
 * while, and to those that it still has when it is closed.
 */
public final class EngineClosedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     */
    public EngineClosedException() {
        super("The engine is shut down and takes no more requests");
    }

}
