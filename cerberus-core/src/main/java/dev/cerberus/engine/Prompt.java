package dev.cerberus.engine;

import java.util.List;

import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ToolDefinition;

/**
 * What a request asks the model. Immutable and thread-safe.
 */
public sealed interface Prompt {

    /**
     * A text handed to the tokenizer as it is, without chat template.
     *
     * @param text the text; may be empty if the tokenizer adds a beginning-of-sequence
     * token
     * @param controlTokens whether the text of a special token, such as
     * {@code <|im_end|>}, stands for that token; {@code false} for text of strangers
     */
    record Raw(String text, boolean controlTokens) implements Prompt {

        /**
         * Creates a prompt that may write special tokens.
         * @param text the text
         */
        public Raw(String text) {
            this(text, true);
        }

    }

    /**
     * A conversation that the model's chat template turns into a text. Special tokens are
     * written by the template only; their text in a message or tool stays text.
     *
     * @param messages the messages, at least one
     * @param tools tools that the model may call
     */
    record Chat(List<ChatMessage> messages, List<ToolDefinition> tools) implements Prompt {

        /**
         * Copies the lists.
         */
        public Chat {
            messages = List.copyOf(messages);
            tools = List.copyOf(tools);
            if (messages.isEmpty()) {
                throw new IllegalArgumentException("a conversation needs at least one message");
            }
        }

    }

    /**
     * Token ids handed to the model as they are. The array is not copied.
     *
     * @param ids token ids, at least one
     */
    record Tokens(int[] ids) implements Prompt {
    }

}
