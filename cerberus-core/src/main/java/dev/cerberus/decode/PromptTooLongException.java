package dev.cerberus.decode;

import java.util.List;
import java.util.stream.Stream;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Advised;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.advice.SettingNames;

/**
 * Thrown when a prompt leaves no room for an answer in the model's context.
 */
public final class PromptTooLongException extends IllegalArgumentException implements Advised {

    private static final long serialVersionUID = 1L;

    private static final Remedy SHORTEN = Remedy.of("shorten the prompt");

    private final Advice advice;

    private final int promptTokens;

    private final int contextTokens;

    private volatile String message;

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
        this("The prompt has " + promptTokens + " tokens and the context holds " + contextTokens
                + ", prompt and answer together",
                raisable ? List.of(Remedy.of("raise", Setting.MAX_CONTEXT, "as far as the model allows")) : List.of(),
                promptTokens, contextTokens);
    }

    private PromptTooLongException(String problem, List<Remedy> remedies, int promptTokens, int contextTokens) {
        this.advice = new Advice(problem, Stream.concat(Stream.of(SHORTEN), remedies.stream()).toList());
        this.message = this.advice.in(SettingNames.JAVA);
        this.promptTokens = promptTokens;
        this.contextTokens = contextTokens;
    }

    /**
     * Creates an exception for a request that was refused before it was tokenized.
     * @param characters characters of the request's texts
     * @param allowedCharacters the most that are taken
     * @param fewestTokens tokens that so many characters have at least
     * @param contextTokens the longest sequence in tokens
     * @param remedies what would allow more, if anything does
     * @return the exception
     */
    public static PromptTooLongException beforeTokenizing(long characters, int allowedCharacters, int fewestTokens,
            int contextTokens, List<Remedy> remedies) {
        return new PromptTooLongException(
                "The request has " + characters + " characters and at most " + allowedCharacters
                        + " are taken with a context of " + contextTokens + " tokens",
                remedies, fewestTokens, contextTokens);
    }

    /**
     * Creates an exception for a prompt that fits the context and not the KV cache.
     * @param promptTokens tokens of the prompt
     * @param cacheTokens tokens of the KV cache
     * @param contextTokens the longest sequence in tokens
     * @return the exception
     */
    public static PromptTooLongException beyondCache(int promptTokens, long cacheTokens, int contextTokens) {
        return new PromptTooLongException(
                "The prompt has " + promptTokens + " tokens and the KV cache holds " + cacheTokens
                        + ", prompt and answer together",
                List.of(Remedy.of("raise", Setting.KV_CACHE_TOKENS)), promptTokens, contextTokens);
    }

    @Override
    public Advice advice() {
        return this.advice;
    }

    @Override
    public void tell(SettingNames names) {
        this.message = this.advice.in(names);
    }

    @Override
    public String getMessage() {
        return this.message;
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
