package dev.cerberus.openai;

import java.util.List;
import java.util.Optional;

import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;

import dev.cerberus.engine.TokenProbability;

/**
 * Something that happens to an answer.
 */
sealed interface AnswerEvent {

    /**
     * A piece of text.
     *
     * @param text the piece, not empty
     */
    record Text(String text) implements AnswerEvent {
    }

    /**
     * A piece of what the model thinks before its answer.
     *
     * @param text the piece, not empty
     */
    record Thought(String text) implements AnswerEvent {
    }

    /**
     * A tool call.
     *
     * @param call the call
     */
    record Call(CompleteToolCall call) implements AnswerEvent {
    }

    /**
     * The end.
     *
     * @param reason why the answer ended
     * @param usage what it took
     * @param logprobs how probable its tokens were, without those of thoughts; empty
     * unless asked for
     */
    record End(FinishReason reason, TokenUsage usage,
            Optional<List<TokenProbability>> logprobs) implements AnswerEvent {
    }

    /**
     * The end of an answer that failed.
     *
     * @param error what went wrong
     */
    record Failure(Throwable error) implements AnswerEvent {
    }

}
