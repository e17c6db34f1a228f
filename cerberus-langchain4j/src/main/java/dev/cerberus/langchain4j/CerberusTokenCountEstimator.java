package dev.cerberus.langchain4j;

import java.util.ArrayList;
import java.util.List;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.TokenCountEstimator;

import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TokenCounter;
import dev.cerberus.text.ChatTemplateException;

/**
 * A counter of tokens that asks the engine's own tokenizer and chat template, such as a
 * {@code TokenWindowChatMemory} needs. Thread-safe; usable until the engine is closed.
 *
 * <p>
 * Messages are counted with all that the template writes around them, the start of the
 * answer included. Where the template refuses them, their texts are counted.
 */
public class CerberusTokenCountEstimator implements TokenCountEstimator {

    /** What templates write around a message, roughly. */
    private static final int FRAME_TOKENS = 4;

    private final TokenCounter counter;

    /**
     * Creates an estimator.
     * @param counter what counts, usually a {@link dev.cerberus.engine.CerberusEngine},
     * which is neither opened nor closed here
     */
    public CerberusTokenCountEstimator(TokenCounter counter) {
        this.counter = counter;
    }

    @Override
    public int estimateTokenCountInText(String text) {
        return this.counter.countTokens(text);
    }

    @Override
    public int estimateTokenCountInMessage(ChatMessage message) {
        return estimateTokenCountInMessages(List.of(message));
    }

    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
        List<ChatMessage> all = new ArrayList<>();
        messages.forEach(all::add);
        if (all.isEmpty()) {
            return 0;
        }
        List<dev.cerberus.text.ChatMessage> mapped = ConversationMapper.mapAnything(all);
        try {
            return this.counter.countTokens(new Prompt.Chat(mapped, List.of()));
        }
        catch (ChatTemplateException ex) {
            return mapped.stream()
                .mapToInt((message) -> FRAME_TOKENS + estimateTokenCountInText(message.content()))
                .sum();
        }
    }

}
