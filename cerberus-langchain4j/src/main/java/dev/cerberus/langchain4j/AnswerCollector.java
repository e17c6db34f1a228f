package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.output.FinishReason;

import dev.cerberus.engine.GenerationResult;
import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.ChatMessage;

/**
 * A collector of the thoughts, the text and the tool calls of one answer. Not
 * thread-safe.
 */
final class AnswerCollector implements AnswerParser.Parts {

    private final StringBuilder thoughts = new StringBuilder();

    private final StringBuilder text = new StringBuilder();

    private final List<ToolExecutionRequest> toolCalls = new ArrayList<>();

    @Override
    public void onText(String piece) {
        this.text.append(piece);
    }

    @Override
    public void onThought(String piece) {
        this.thoughts.append(piece);
    }

    @Override
    public void onToolCall(ChatMessage.ToolCall call) {
        this.toolCalls.add(
                ToolExecutionRequest.builder().id(call.id()).name(call.name()).arguments(call.argumentsJson()).build());
    }

    /** Returns the call that came last. */
    CompleteToolCall lastToolCall() {
        int index = this.toolCalls.size() - 1;
        return new CompleteToolCall(index, this.toolCalls.get(index));
    }

    ChatResponse response(String modelName, GenerationResult result, OptionalLong seed, AnswerEvents events) {
        return ChatResponse.builder()
            .aiMessage(message())
            .metadata(CerberusChatResponseMetadata.builder()
                .id(result.id())
                .modelName(modelName)
                .tokenUsage(CerberusTokenUsage.of(result))
                .finishReason(finishReason(result))
                .statistics(result.statistics())
                .timeToFirstToken(duration(result.timeToFirstTokenSeconds()))
                .duration(duration(result.seconds()))
                .seed(seed)
                .logprobs(result.logprobs())
                .thoughtTokens(events.thoughtTokens(result.logprobs()))
                .build())
            .build();
    }

    private AiMessage message() {
        AiMessage.Builder message = AiMessage.builder().toolExecutionRequests(this.toolCalls);
        if (this.toolCalls.isEmpty() || !this.text.isEmpty()) {
            message.text(this.text.toString());
        }
        if (!this.thoughts.isEmpty()) {
            message.thinking(this.thoughts.toString());
        }
        return message.build();
    }

    private FinishReason finishReason(GenerationResult result) {
        FinishReason reason = reason(result);
        return (reason == FinishReason.STOP && !this.toolCalls.isEmpty()) ? FinishReason.TOOL_EXECUTION : reason;
    }

    static FinishReason reason(GenerationResult result) {
        return switch (result.finishReason()) {
            case STOP -> FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
            case CANCELLED -> FinishReason.OTHER;
        };
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

}
