package dev.cerberus.engine;

/**
 * Thrown when a prompt has no token, so that there is nothing to continue.
 */
public final class EmptyPromptException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception; stand-ins for an engine in tests need one too.
     */
    public EmptyPromptException() {
        super("the prompt is empty; give it at least one character");
    }

}
