package dev.cerberus.engine;

/**
 * Thrown when the engine has come to an end that nobody asked for; every request fails
 * with it, and only a new engine helps.
 */
public final class EngineFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     * @param cause what ended the engine
     */
    public EngineFailedException(Throwable cause) {
        super("The engine has failed (" + cause + ") and answers no more; the log says where. Restart the application",
                cause);
    }

    /**
     * Makes the exception that is kept for the moment when there is no memory for another
     * one.
     */
    EngineFailedException() {
        super("The engine has failed and answers no more; the log says why. Restart the application", null, false,
                false);
    }

}
