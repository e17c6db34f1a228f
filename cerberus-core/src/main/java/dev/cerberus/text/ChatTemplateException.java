package dev.cerberus.text;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.AdvisedException;

/**
 * A chat template that cannot be read or that refuses a conversation.
 *
 * <p>
 * When the template itself refuses ({@code raise_exception}), its own words are in the
 * message.
 */
public final class ChatTemplateException extends AdvisedException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception without a cause.
     * @param message one sentence: which template, where, what to change
     */
    public ChatTemplateException(String message) {
        super(Advice.of(message));
    }

    /**
     * Creates the exception.
     * @param message one sentence: which template, where, what to change
     * @param cause what failed underneath
     */
    public ChatTemplateException(String message, Throwable cause) {
        super(Advice.of(message), cause);
    }

    /**
     * Creates an exception that advises to change settings.
     * @param advice what is wrong and what helps
     */
    public ChatTemplateException(Advice advice) {
        super(advice);
    }

    /**
     * Creates an exception that advises to change settings.
     * @param advice what is wrong and what helps
     * @param cause what failed underneath
     */
    public ChatTemplateException(Advice advice, Throwable cause) {
        super(advice, cause);
    }

}
