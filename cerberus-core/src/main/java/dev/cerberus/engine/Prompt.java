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
     */
    record Raw(String text) implements Prompt {
    }

    /**
     * A conversation that the model's chat template turns into a text.
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
