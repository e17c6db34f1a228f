package dev.cerberus.decode;

import java.util.Optional;

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

    private PromptTooLongException(String message, int promptTokens, int contextTokens) {
        super(message);
        this.promptTokens = promptTokens;
        this.contextTokens = contextTokens;
    }

    /**
     * Creates an exception for a request that was refused before it was tokenized.
     * @param characters characters of the request's texts
     * @param allowedCharacters the most that are taken
     * @param fewestTokens tokens that so many characters have at least
     * @param contextTokens the longest sequence in tokens
     * @param raisable the property that would allow more, if there is one
     * @return the exception
     */
    public static PromptTooLongException beforeTokenizing(long characters, int allowedCharacters, int fewestTokens,
            int contextTokens, Optional<String> raisable) {
        return new PromptTooLongException("The request has " + characters + " characters and at most "
                + allowedCharacters + " are taken with a context of " + contextTokens + " tokens; shorten the prompt"
                + raisable.map((property) -> ", or raise " + property).orElse(""), fewestTokens, contextTokens);
    }

    /**
     * Creates an exception for a prompt that fits the context and not the KV cache.
     * @param promptTokens tokens of the prompt
     * @param cacheTokens tokens of the KV cache
     * @param contextTokens the longest sequence in tokens
     * @return the exception
     */
    public static PromptTooLongException beyondCache(int promptTokens, long cacheTokens, int contextTokens) {
        return new PromptTooLongException("The prompt has " + promptTokens + " tokens and the KV cache holds "
                + cacheTokens + ", prompt and answer together; shorten the prompt, or raise "
                + "cerberus.engine.kv-cache-tokens", promptTokens, contextTokens);
    }

    /**
     * Returns the size of the prompt, or the least that it can be where it was not
     * tokenized.
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
