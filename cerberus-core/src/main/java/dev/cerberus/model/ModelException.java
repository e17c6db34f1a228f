package dev.cerberus.model;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.AdvisedException;

/**
 * Thrown when a model or its heads can not be run as asked.
 */
public class ModelException extends AdvisedException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     * @param message what is wrong, where, and what to change
     */
    public ModelException(String message) {
        super(Advice.of(message));
    }

    /**
     * Creates an exception with a cause.
     * @param message what is wrong, where, and what to change
     * @param cause the cause
     */
    public ModelException(String message, Throwable cause) {
        super(Advice.of(message), cause);
    }

    /**
     * Creates an exception that advises to change settings.
     * @param advice what is wrong and what helps
     */
    public ModelException(Advice advice) {
        super(advice);
    }

    /**
     * Creates an exception with a cause that advises to change settings.
     * @param advice what is wrong and what helps
     * @param cause the cause
     */
    public ModelException(Advice advice, Throwable cause) {
        super(advice, cause);
    }

}
