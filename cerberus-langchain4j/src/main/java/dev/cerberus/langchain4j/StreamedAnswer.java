package dev.cerberus.langchain4j;

import java.util.OptionalLong;
import java.util.function.Consumer;

import dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.ChatMessage;

/**
 * A listener that passes one answer on to a LangChain4j handler and keeps its contract:
 * nothing after a cancellation, and an exception from one callback does not end the
 * answer. An {@link Error} from one does. Confined to the request's callback thread.
 */
final class StreamedAnswer implements GenerationListener, AnswerParser.Parts {

    private final StreamingChatResponseHandler handler;

    private final RequestHandle handle;

    private final Consumer<DecodeStep> steps;

    private final AnswerParser parser;

    private final String modelName;

    private final OptionalLong seed;

    private final AnswerCollector answer = new AnswerCollector();

    private TokenOrigin origin = TokenOrigin.TARGET;

    StreamedAnswer(StreamingChatResponseHandler handler, RequestHandle handle, Consumer<DecodeStep> steps,
            AnswerParser parser, String modelName, OptionalLong seed) {
        this.handler = handler;
        this.handle = handle;
        this.steps = steps;
        this.parser = parser;
        this.modelName = modelName;
        this.seed = seed;
    }

    @Override
    public void onText(String text, TokenOrigin origin) {
        this.origin = origin;
        this.parser.accept(text, this);
    }

    @Override
    public void onStep(DecodeStep step) {
        if (!this.handle.isCancelled()) {
            InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(() -> this.steps.accept(step));
        }
    }

    @Override
    public void onComplete(GenerationResult result) {
        // What was held back as the possible start of a tool call turned out to be text;
        // its
        // last token is the target's, since a draft token is always followed by one.
        this.origin = TokenOrigin.TARGET;
        this.parser.finish(this);
        if (!this.handle.isCancelled()) {
            InternalStreamingChatResponseHandlerUtils.onCompleteResponse(this.handler,
                    this.answer.response(this.modelName, result, this.seed));
        }
    }

    @Override
    public void onError(RuntimeException error) {
        if (!this.handle.isCancelled()) {
            InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(() -> this.handler.onError(error));
        }
    }

    @Override
    public void onText(String text) {
        this.answer.onText(text);
        tell(() -> this.handler.onPartialResponse(new CerberusPartialResponse(text, this.origin),
                new PartialResponseContext(this.handle)));
    }

    @Override
    public void onThought(String text) {
        this.answer.onThought(text);
        tell(() -> this.handler.onPartialThinking(new PartialThinking(text), new PartialThinkingContext(this.handle)));
    }

    private void tell(Runnable call) {
        if (this.handle.isCancelled()) {
            return;
        }
        try {
            call.run();
        }
        catch (RuntimeException ex) {
            InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(() -> this.handler.onError(ex));
        }
        catch (Error ex) {
            end(ex);
        }
    }

    /** An Error is not the answer's fault and would come again: it is told once. */
    private void end(Error failure) {
        this.handle.cancel();
        InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(() -> this.handler.onError(failure));
    }

    @Override
    public void onToolCall(ChatMessage.ToolCall call) {
        this.answer.onToolCall(call);
        if (!this.handle.isCancelled()) {
            InternalStreamingChatResponseHandlerUtils.onCompleteToolCall(this.handler, this.answer.lastToolCall());
        }
    }

}
