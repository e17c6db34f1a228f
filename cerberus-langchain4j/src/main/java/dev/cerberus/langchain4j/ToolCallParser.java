package dev.cerberus.langchain4j;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.CompleteToolCall;

/**
 * A splitter of a streamed answer into text and tool calls in the convention of the
 * Hermes and Qwen chat templates. Not thread-safe.
 */
/*
 * A call is {"name": …, "arguments": {…}} between <tool_call> and </tool_call>. Text
 * flows on at once, except for an end that may be the beginning of a marker. What stands
 * between the markers but is no call stays text, markers included, so that nothing the
 * model wrote is lost.
 */
final class ToolCallParser {

    private static final String START = "<tool_call>";

    private static final String END = "</tool_call>";

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final boolean enabled;

    private final StringBuilder pending = new StringBuilder();

    private int calls;

    /**
     * Creates a parser for one answer.
     * @param enabled whether there are tools; if not, everything is text
     */
    ToolCallParser(boolean enabled) {
        this.enabled = enabled;
    }

    /**
     * Takes the next piece of the answer.
     * @param piece the piece
     * @param text receives text, never empty
     * @param toolCall receives calls, in order with the text
     */
    void accept(String piece, Consumer<String> text, Consumer<CompleteToolCall> toolCall) {
        this.pending.append(piece);
        while (this.enabled && this.pending.indexOf(START) >= 0) {
            int start = this.pending.indexOf(START);
            int end = this.pending.indexOf(END, start);
            emit(start, text);
            if (end < 0) {
                return;
            }
            int length = end + END.length() - start;
            Optional<CompleteToolCall> call = parse(this.pending.substring(START.length(), end - start));
            if (call.isPresent()) {
                this.pending.delete(0, length);
                toolCall.accept(call.get());
            }
            else {
                emit(length, text);
            }
        }
        emit(this.pending.length() - (this.enabled ? possibleStart() : 0), text);
    }

    /**
     * Takes the end of the answer.
     * @param text receives what was held back
     */
    void finish(Consumer<String> text) {
        emit(this.pending.length(), text);
    }

    private void emit(int length, Consumer<String> text) {
        if (length > 0) {
            String piece = this.pending.substring(0, length);
            this.pending.delete(0, length);
            text.accept(piece);
        }
    }

    /** Returns how many characters at the end may be the beginning of a start marker. */
    private int possibleStart() {
        for (int length = Math.min(this.pending.length(), START.length() - 1); length > 0; length--) {
            if (START.startsWith(this.pending.substring(this.pending.length() - length))) {
                return length;
            }
        }
        return 0;
    }

    private Optional<CompleteToolCall> parse(String body) {
        try {
            JsonNode call = JSON.readTree(body);
            JsonNode arguments = call.path("arguments");
            if (!call.path("name").isTextual() || !(arguments.isObject() || arguments.isMissingNode())) {
                return Optional.empty();
            }
            ToolExecutionRequest request = ToolExecutionRequest.builder()
                .id("call_" + UUID.randomUUID())
                .name(call.get("name").textValue())
                .arguments(arguments.isObject() ? arguments.toString() : "{}")
                .build();
            return Optional.of(new CompleteToolCall(this.calls++, request));
        }
        catch (JsonProcessingException ex) {
            return Optional.empty();
        }
    }

}
