package dev.cerberus.training.evaluation;

/**
 * Thrown when an evaluation can not be done as asked.
 */
public final class EvaluationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     * @param message what is wrong, where, and what to change
     */
    public EvaluationException(String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     * @param message what is wrong, where, and what to change
     * @param cause the cause
     */
    public EvaluationException(String message, Throwable cause) {
        super(message, cause);
    }

}
