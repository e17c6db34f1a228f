package dev.cerberus.text;

/**
 * A tokenizer file that cannot be used; the message names the file and what to do.
 */
public final class TokenizerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception without a cause.
     * @param message one sentence: what is wrong, in which file, what to change
     */
    public TokenizerException(String message) {
        super(message);
    }

    /**
     * Creates the exception.
     * @param message one sentence: what is wrong, in which file, what to change
     * @param cause what failed underneath
     */
    public TokenizerException(String message, Throwable cause) {
        super(message, cause);
    }

}
