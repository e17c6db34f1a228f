package dev.cerberus.openai;

import java.util.List;
import java.util.Optional;

import dev.langchain4j.model.chat.response.CompleteToolCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.engine.TokenProbability;

/**
 * How chat completions are written. Not thread-safe.
 */
final class ChatForm extends ObjectForm {

    /** OpenAI tells no thoughts; DeepSeek, llama.cpp and clients call them this. */
    private static final String THOUGHTS = "reasoning_content";

    ChatForm(String model, long createdSeconds) {
        super("chatcmpl-", model, createdSeconds);
    }

    @Override
    ObjectNode whole(WholeAnswer answer, AnswerEvent.End end) {
        ObjectNode message = Json.object().put("role", "assistant");
        if (!answer.thoughts().isEmpty()) {
            message.put(THOUGHTS, answer.thoughts());
        }
        if (answer.calls().isEmpty() || !answer.text().isEmpty()) {
            message.put("content", answer.text());
        }
        else {
            message.putNull("content");
        }
        message.putNull("refusal");
        if (!answer.calls().isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            answer.calls().forEach((call) -> calls.add(call(call)));
        }
        ObjectNode whole = object("chat.completion");
        ObjectNode choice = whole.putArray("choices").addObject().put("index", 0);
        choice.set("message", message);
        Logprobs.putChat(choice, end.logprobs());
        choice.put("finish_reason", reason(end.reason()));
        whole.set("usage", tokens(end.usage()));
        return whole;
    }

    private static ObjectNode call(CompleteToolCall call) {
        ObjectNode node = Json.object().put("id", call.toolExecutionRequest().id()).put("type", "function");
        node.putObject("function")
            .put("name", call.toolExecutionRequest().name())
            .put("arguments", call.toolExecutionRequest().arguments());
        return node;
    }

    @Override
    Optional<ObjectNode> start(boolean usage) {
        return Optional.of(chunk(Json.object().put("role", "assistant").put("content", ""), null, usage));
    }

    @Override
    ObjectNode text(String text, boolean usage) {
        return chunk(Json.object().put("content", text), null, usage);
    }

    @Override
    ObjectNode thought(String text, boolean usage) {
        return chunk(Json.object().put(THOUGHTS, text), null, usage);
    }

    @Override
    ObjectNode call(CompleteToolCall call, boolean usage) {
        ObjectNode delta = Json.object();
        delta.putArray("tool_calls").add(call(call).put("index", call.index()));
        return chunk(delta, null, usage);
    }

    @Override
    ObjectNode end(AnswerEvent.End end, boolean usage) {
        return chunk(Json.object(), reason(end.reason()), end.logprobs(), usage);
    }

    private ObjectNode chunk(ObjectNode delta, @Nullable String reason, boolean usage) {
        return chunk(delta, reason, Optional.empty(), usage);
    }

    private ObjectNode chunk(ObjectNode delta, @Nullable String reason, Optional<List<TokenProbability>> logprobs,
            boolean usage) {
        ObjectNode chunk = object("chat.completion.chunk");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        Logprobs.putChat(choice, logprobs);
        choice.put("finish_reason", reason);
        if (usage) {
            chunk.putNull("usage");
        }
        return chunk;
    }

    @Override
    ObjectNode usage(AnswerEvent.End end) {
        ObjectNode chunk = object("chat.completion.chunk");
        chunk.putArray("choices");
        chunk.set("usage", tokens(end.usage()));
        return chunk;
    }

}
