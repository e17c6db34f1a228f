package dev.cerberus.sampleapp;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
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
 * The memory of conversations: the last exchanges of those used most recently, within a
 * bound of characters. Thread-safe.
 *
 * <p>
 * An id is the only key to a conversation. It is made here, of random bits that nobody
 * can guess; an id that is not known here names no conversation, whoever chose it.
 */
@Component
class Conversations {

    private static final int MOST_CONVERSATIONS = 1000;

    private static final int MOST_EXCHANGES = 8;

    private static final long MOST_CHARACTERS = 8_000_000;

    private static final int ID_BYTES = 16;

    private final SecureRandom random = new SecureRandom();

    // guarded by this, in the order of use
    private final Map<String, List<Exchange>> conversations = new LinkedHashMap<>(16, 0.75f, true);

    private long characters; // guarded by this

    /**
     * Returns the conversation that a request belongs to.
     * @param id what the client says, if anything
     * @return that id if there is such a conversation, or else one for a new conversation
     */
    synchronized String open(@Nullable String id) {
        if (id != null && this.conversations.containsKey(id)) {
            return id;
        }
        byte[] bits = new byte[ID_BYTES];
        this.random.nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /**
     * Begins a turn of a conversation.
     * @param id what the client says, if anything
     * @param exchanges what was said before, instead of what is remembered; none for that
     * @param remembered whether the conversation goes on with this turn; one that is
     * aside changes nothing of it
     * @return the turn
     */
    Turn turn(@Nullable String id, @Nullable List<Exchange> exchanges, boolean remembered) {
        return new Turn(open(id), (exchanges != null) ? last(exchanges) : null, remembered);
    }

    private static List<Exchange> last(List<Exchange> exchanges) {
        int surplus = Math.max(0, exchanges.size() - MOST_EXCHANGES);
        return List.copyOf(exchanges.subList(surplus, exchanges.size()));
    }

    private synchronized void restore(String id, List<Exchange> exchanges) {
        List<Exchange> kept = last(exchanges);
        this.characters += size(kept) - size(history(id));
        this.conversations.put(id, kept);
        forgetOldest();
    }

    /** Forgets as much as is too much, so that few attempts are needed. */
    private static List<Exchange> shorter(List<Exchange> history, PromptTooLongException tooLong) {
        int drop = 1;
        if (tooLong.promptTokens() > 2 * tooLong.contextTokens()) {
            drop = Math.max(1, history.size() / 2);
        }
        return history.subList(drop, history.size());
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

    private synchronized List<Exchange> history(String id) {
        return this.conversations.getOrDefault(id, List.of());
    }

    /**
     * Remembers an exchange.
     * @param id the conversation
     * @param question what the user said
     * @param answer what the model answered
     */
    synchronized void remember(String id, String question, String answer) {
        List<Exchange> exchanges = new ArrayList<>(history(id));
        exchanges.add(new Exchange(question, answer));
        restore(id, exchanges);
    }

    private void forgetOldest() {
        Iterator<List<Exchange>> oldest = this.conversations.values().iterator();
        while (this.conversations.size() > MOST_CONVERSATIONS
                || (this.characters > MOST_CHARACTERS && oldest.hasNext())) {
            this.characters -= size(oldest.next());
            oldest.remove();
        }
    }

    private static long size(List<Exchange> exchanges) {
        return exchanges.stream().mapToLong(Exchange::characters).sum();
    }

    /** Returns the characters remembered of all conversations. */
    synchronized long characters() {
        return this.characters;
    }

    /**
     * A question and what comes of it. Nothing is changed by one that the model refuses.
     * Thread-safe.
     */
    final class Turn {

        private final String id;

        private final @Nullable List<Exchange> replaced;

        private final boolean remembered;

        private boolean accepted; // guarded by this

        private Turn(String id, @Nullable List<Exchange> replaced, boolean remembered) {
            this.id = id;
            this.replaced = replaced;
            this.remembered = remembered;
        }

        /** Returns the conversation. */
        String id() {
            return this.id;
        }

        /**
         * Asks with as much of the conversation as the model's context holds.
         * @param question the new message
         * @param model asks a model
         * @return what the model returned
         * @throws PromptTooLongException if the question alone is too long
         */
        <T> T ask(String question, Function<List<ChatMessage>, T> model) {
            List<Exchange> history = (this.replaced != null) ? this.replaced : history(this.id);
            while (true) {
                try {
                    T answer = model.apply(messages(history, question));
                    accept();
                    return answer;
                }
                catch (PromptTooLongException ex) {
                    if (history.isEmpty()) {
                        throw ex;
                    }
                    history = shorter(history, ex);
                }
            }
        }

        /*
         * An answer may be remembered before it is known here that the model took the
         * question, so whoever comes first replaces what was said before.
         */
        private synchronized void accept() {
            if (!this.accepted && this.remembered && this.replaced != null) {
                restore(this.id, this.replaced);
            }
            this.accepted = true;
        }

        /**
         * Remembers the exchange, unless the turn is aside or the answer is blank:
         * without text there is nothing that a model could be told of later.
         * @param question what the user said
         * @param answer what the model answered
         */
        void remember(String question, String answer) {
            if (!this.remembered || answer.isBlank()) {
                return;
            }
            accept();
            Conversations.this.remember(this.id, question, answer);
        }

    }

}
