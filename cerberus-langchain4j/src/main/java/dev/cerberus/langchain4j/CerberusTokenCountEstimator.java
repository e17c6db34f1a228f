package dev.cerberus.langchain4j;

import java.util.ArrayList;
import java.util.List;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.TokenCountEstimator;
import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TokenCounter;
import dev.cerberus.text.ChatMessage.ToolCall;
import dev.cerberus.text.ChatTemplateException;
import dev.cerberus.text.TextTokenizer;

/**
 * A counter of tokens that asks the engine's own tokenizer and chat template, such as a
 * {@code TokenWindowChatMemory} needs. Thread-safe; usable until the engine is closed.
 *
 * <p>
 * Messages together are counted with all that the template writes around them, the start
 * of the answer included. A single message is counted as what it adds to a conversation:
 * its text, and what the template writes around one message. Messages that the template
 * refuses, or that are longer than a request may be, are counted as the sum of the single
 * ones and what the template adds to every conversation.
 */
public class CerberusTokenCountEstimator implements TokenCountEstimator {

    private final TokenCounter counter;

    /** Known once it was asked for; the template stays the same. */
    private volatile @Nullable Frames frames;

    /**
     * Creates an estimator.
     * @param counter what counts, usually a {@link dev.cerberus.engine.CerberusEngine},
     * which is neither opened nor closed here
     */
    public CerberusTokenCountEstimator(TokenCounter counter) {
        this.counter = counter;
    }

    /**
     * Counts the tokens of a text of any length by itself.
     * @param text the text
     * @return 0 for the empty text, else 1 or more
     */
    @Override
    public int estimateTokenCountInText(String text) {
        int tokens = 0;
        for (int start = 0; start < text.length(); start += TextTokenizer.MAX_CHARACTERS) {
            int end = Math.min(text.length(), start + TextTokenizer.MAX_CHARACTERS);
            tokens += this.counter.countTokens(text.substring(start, end));
        }
        return tokens;
    }

    /**
     * Counts the tokens that a message adds to a conversation, so that a memory may
     * subtract them when it drops the message.
     * @param message the message
     * @return 0 or more
     */
    @Override
    public int estimateTokenCountInMessage(ChatMessage message) {
        return single(ConversationMapper.mapAnything(List.of(message)).get(0));
    }

    /**
     * Counts the tokens of a request of these messages, without tools.
     * @param messages the messages
     * @return 0 for none, else 1 or more
     */
    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
        List<ChatMessage> all = new ArrayList<>();
        messages.forEach(all::add);
        if (all.isEmpty()) {
            return 0;
        }
        List<dev.cerberus.text.ChatMessage> mapped = ConversationMapper.mapAnything(all);
        try {
            return count(mapped);
        }
        catch (ChatTemplateException | PromptTooLongException ex) {
            return frames().conversation() + mapped.stream().mapToInt(this::single).sum();
        }
    }

    private int count(List<dev.cerberus.text.ChatMessage> messages) {
        return this.counter.countTokens(new Prompt.Chat(messages, List.of()));
    }

    private int single(dev.cerberus.text.ChatMessage message) {
        int calls = message.toolCalls().stream().mapToInt(this::call).sum();
        return frames().message() + estimateTokenCountInText(message.content()) + calls;
    }

    private int call(ToolCall call) {
        return estimateTokenCountInText(call.name()) + estimateTokenCountInText(call.argumentsJson());
    }

    private Frames frames() {
        Frames known = this.frames;
        if (known == null) {
            known = Frames.of(this::count, this.counter.countTokens(Frames.TEXT));
            this.frames = known;
        }
        return known;
    }

}
