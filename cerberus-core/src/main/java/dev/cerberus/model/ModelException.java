package dev.cerberus.model;

/**
 * Thrown when a model or its heads can not be run as asked.
 */
public class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     * @param message what is wrong, where, and what to change
     */
    public ModelException(String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     * @param message what is wrong, where, and what to change
     * @param cause the cause
     */
    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }

}
