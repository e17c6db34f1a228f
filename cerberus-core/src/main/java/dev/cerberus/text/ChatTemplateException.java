package dev.cerberus.text;

/**
 * A chat template that cannot be read or that refuses a conversation.
 *
 * <p>
 * When the template itself refuses ({@code raise_exception}), its own words are in the
 * message.
 */
public final class ChatTemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception without a cause.
     * @param message one sentence: which template, where, what to change
     */
    public ChatTemplateException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     * @param message one sentence: which template, where, what to change
     * @param cause what failed underneath
     */
    public ChatTemplateException(String message, Throwable cause) {
        super(message, cause);
    }

}
