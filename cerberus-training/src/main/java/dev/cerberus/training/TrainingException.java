package dev.cerberus.training;

/**
 * Thrown when heads can not be trained as asked: unusable data, contradicting options or
 * a training that diverges.
 */
public class TrainingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     * @param message what is wrong, where, and what to change
     */
    public TrainingException(String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     * @param message what is wrong, where, and what to change
     * @param cause the cause
     */
    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }

}
