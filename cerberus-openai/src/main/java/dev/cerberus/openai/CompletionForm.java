package dev.cerberus.openai;

import java.util.List;
import java.util.Optional;

import dev.langchain4j.model.chat.response.CompleteToolCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.engine.TokenProbability;

/**
 * How continuations of texts are written. Not thread-safe.
 */
final class CompletionForm extends ObjectForm {

    private static final String KIND = "text_completion";

    CompletionForm(String model, long createdSeconds) {
        super("cmpl-", model, createdSeconds);
    }

    @Override
    ObjectNode whole(WholeAnswer answer, AnswerEvent.End end) {
        ObjectNode whole = part(answer.text(), reason(end.reason()), end.logprobs(), false);
        whole.set("usage", tokens(end.usage()));
        return whole;
    }

    @Override
    Optional<ObjectNode> start(boolean usage) {
        return Optional.empty();
    }

    @Override
    ObjectNode text(String text, boolean usage) {
        return part(text, null, Optional.empty(), usage);
    }

    @Override
    ObjectNode thought(String text, boolean usage) {
        throw new IllegalStateException("In the continuation of a text thoughts are text");
    }

    @Override
    ObjectNode call(CompleteToolCall call, boolean usage) {
        throw new IllegalStateException("The continuation of a text calls no tools");
    }

    @Override
    ObjectNode end(AnswerEvent.End end, boolean usage) {
        return part("", reason(end.reason()), end.logprobs(), usage);
    }

    private ObjectNode part(String text, @Nullable String reason, Optional<List<TokenProbability>> logprobs,
            boolean usage) {
        ObjectNode part = object(KIND);
        ObjectNode choice = part.putArray("choices").addObject().put("text", text).put("index", 0);
        Logprobs.putCompletion(choice, logprobs);
        choice.put("finish_reason", reason);
        if (usage) {
            part.putNull("usage");
        }
        return part;
    }

    @Override
    ObjectNode usage(AnswerEvent.End end) {
        ObjectNode part = object(KIND);
        part.putArray("choices");
        part.set("usage", tokens(end.usage()));
        return part;
    }

}
