package dev.cerberus.constrain;

/**
 * Thrown when a schema, regular expression or grammar can not be kept to. The message is
 * one sentence: what is wrong, where, and what to change.
 */
public class ConstraintException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     * @param message what is wrong and what to change
     */
    public ConstraintException(String message) {
        super(message);
    }

    /**
     * Creates an exception with the failure that revealed it.
     * @param message what is wrong and what to change
     * @param cause the failure underneath
     */
    public ConstraintException(String message, Throwable cause) {
        super(message, cause);
    }

}
