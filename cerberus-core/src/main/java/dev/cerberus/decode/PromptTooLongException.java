package dev.cerberus.decode;

/**
 * Thrown when a prompt leaves no room for an answer in the model's context.
 */
public final class PromptTooLongException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final int promptTokens;

    private final int contextTokens;

    /**
     * Creates an exception for a context that can not be made longer.
     * @param promptTokens tokens of the prompt
     * @param contextTokens the longest sequence in tokens
     */
    public PromptTooLongException(int promptTokens, int contextTokens) {
        this(promptTokens, contextTokens, false);
    }

    /**
     * Creates an exception.
     * @param promptTokens tokens of the prompt
     * @param contextTokens the longest sequence in tokens
     * @param raisable whether the model allows more than was configured
     */
    public PromptTooLongException(int promptTokens, int contextTokens, boolean raisable) {
        super("The prompt has " + promptTokens + " tokens and the context holds " + contextTokens
                + ", prompt and answer together; shorten the prompt"
                + (raisable ? ", or raise cerberus.model.max-context: the model allows more" : ""));
        this.promptTokens = promptTokens;
        this.contextTokens = contextTokens;
    }

    /**
     * Returns the size of the prompt.
     * @return tokens
     */
    public int promptTokens() {
        return this.promptTokens;
    }

    /**
     * Returns the size of the context.
     * @return tokens
     */
    public int contextTokens() {
        return this.contextTokens;
    }

}
