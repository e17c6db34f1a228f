package dev.cerberus.openai;

import java.util.Optional;
import java.util.UUID;

import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import tools.jackson.databind.node.ObjectNode;

/**
 * How answers of one kind are written as JSON objects. Not thread-safe.
 */
abstract class ObjectForm {

    private final String id;

    private final String model;

    private final long created;

    ObjectForm(String idPrefix, String model, long createdSeconds) {
        this.id = idPrefix + UUID.randomUUID().toString().replace("-", "");
        this.model = model;
        this.created = createdSeconds;
    }

    /** Returns the whole answer. */
    abstract ObjectNode whole(WholeAnswer answer, AnswerEvent.End end);

    /** Returns what a stream begins with. */
    abstract Optional<ObjectNode> start(boolean usage);

    /** Returns a piece of text. */
    abstract ObjectNode text(String text, boolean usage);

    /** Returns a piece of the thoughts before a text. */
    abstract ObjectNode thought(String text, boolean usage);

    /** Returns a tool call. */
    abstract ObjectNode call(CompleteToolCall call, boolean usage);

    /** Returns why an answer ended. */
    abstract ObjectNode end(AnswerEvent.End end, boolean usage);

    /** Returns what an answer took. */
    abstract ObjectNode usage(AnswerEvent.End end);

    ObjectNode object(String kind) {
        return Json.object()
            .put("id", this.id)
            .put("object", kind)
            .put("created", this.created)
            .put("model", this.model);
    }

    static ObjectNode tokens(TokenUsage usage) {
        return Json.object()
            .put("prompt_tokens", usage.inputTokenCount())
            .put("completion_tokens", usage.outputTokenCount())
            .put("total_tokens", usage.totalTokenCount());
    }

    static String reason(FinishReason reason) {
        return switch (reason) {
            case LENGTH -> "length";
            case TOOL_EXECUTION -> "tool_calls";
            default -> "stop";
        };
    }

}
