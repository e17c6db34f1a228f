package dev.cerberus.sampleapp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import dev.cerberus.decode.PromptTooLongException;

/**
 * The memory of conversations: the last exchanges of those used most recently.
 * Thread-safe.
 */
@Component
class Conversations {

    private static final int MOST_CONVERSATIONS = 1000;

    private static final int MOST_EXCHANGES = 8;

    private final Map<String, List<Exchange>> conversations = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Exchange>> eldest) {
            return size() > MOST_CONVERSATIONS;
        }

    }; // guarded by this

    private record Exchange(String question, String answer) {
    }

    /**
     * Asks with as much of the conversation as the model's context holds.
     * @param conversationId the conversation, if any
     * @param question the new message
     * @param model asks a model
     * @return what the model returned
     * @throws PromptTooLongException if the question alone is too long
     */
    <T> T ask(@Nullable String conversationId, String question, Function<List<ChatMessage>, T> model) {
        List<Exchange> history = history(conversationId);
        while (true) {
            try {
                return model.apply(messages(history, question));
            }
            catch (PromptTooLongException ex) {
                if (history.isEmpty()) {
                    throw ex;
                }
                history = history.subList(1, history.size());
            }
        }
    }

    private static List<ChatMessage> messages(List<Exchange> history, String question) {
        List<ChatMessage> messages = new ArrayList<>();
        for (Exchange exchange : history) {
            messages.add(UserMessage.from(exchange.question()));
            messages.add(AiMessage.from(exchange.answer()));
        }
        messages.add(UserMessage.from(question));
        return messages;
    }

    private synchronized List<Exchange> history(@Nullable String conversationId) {
        return (conversationId != null) ? this.conversations.getOrDefault(conversationId, List.of()) : List.of();
    }

    /**
     * Remembers an exchange.
     * @param conversationId the conversation; without one nothing is remembered
     * @param question what the user said
     * @param answer what the model answered
     */
    synchronized void remember(@Nullable String conversationId, String question, String answer) {
        if (conversationId == null) {
            return;
        }
        List<Exchange> exchanges = new ArrayList<>(history(conversationId));
        exchanges.add(new Exchange(question, answer));
        int surplus = Math.max(0, exchanges.size() - MOST_EXCHANGES);
        this.conversations.put(conversationId, List.copyOf(exchanges.subList(surplus, exchanges.size())));
    }

}
