package dev.cerberus.engine;

/**
 * A counter of tokens as a model reads them. Thread-safe.
 */
public interface TokenCounter {

    /**
     * Counts the tokens of a text by itself, without what the tokenizer puts before a
     * prompt.
     * @param text the text
     * @return 0 for the empty text, else 1 or more
     */
    int countTokens(String text);

    /**
     * Counts the tokens of a prompt with all that its model's chat template and tokenizer
     * put around it.
     * @param prompt the prompt
     * @return 1 or more
     * @throws dev.cerberus.text.ChatTemplateException if a conversation can not be
     * rendered
     * @throws dev.cerberus.decode.PromptTooLongException if it has more characters than a
     * request may have
     */
    int countTokens(Prompt prompt);

}
