package dev.cerberus.langchain4j;

import java.util.List;
import java.util.function.ToIntFunction;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplateException;

/**
 * What a chat template writes around texts.
 *
 * @param conversation tokens of every conversation, such as those of a system message of
 * the template's own and of the start of the answer; 0 or more
 * @param message tokens of every message, on average; 0 or more
 */
record Frames(int conversation, int message) {

    /** The text of the messages that are counted to find out. */
    static final String TEXT = "Hello";

    /** What templates write, roughly, if this one does not tell. */
    private static final Frames USUAL = new Frames(0, 4);

    private static final ChatMessage QUESTION = ChatMessage.user(TEXT);

    private static final ChatMessage ANSWER = ChatMessage.assistant(TEXT);

    /**
     * Finds out what a template writes.
     * @param counter counts the tokens of a conversation with all that is around it
     * @param textTokens tokens of {@link #TEXT}
     */
    /*
     * The last message differs from those before it where a template leaves thoughts of
     * earlier answers out, so that more than one exchange is compared.
     */
    static Frames of(ToIntFunction<List<ChatMessage>> counter, int textTokens) {
        try {
            int one = counter.applyAsInt(List.of(QUESTION));
            int five = counter.applyAsInt(List.of(QUESTION, ANSWER, QUESTION, ANSWER, QUESTION));
            int message = Math.max(0, (five - one) / 4 - textTokens);
            return new Frames(Math.max(0, one - textTokens - message), message);
        }
        catch (ChatTemplateException | PromptTooLongException ex) {
            return USUAL;
        }
    }

}
