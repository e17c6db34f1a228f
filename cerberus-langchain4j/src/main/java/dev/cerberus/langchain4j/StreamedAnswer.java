package dev.cerberus.langchain4j;

import java.util.OptionalLong;

import dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.AnswerSyntax;
import dev.cerberus.text.ChatMessage;

/**
 * A listener that passes one answer on to a LangChain4j handler and keeps its contract:
 * nothing after a cancellation, and an exception from one callback does not end the
 * answer. An {@link Error} from one does. Confined to the request's callback thread.
 */
final class StreamedAnswer implements GenerationListener {

    private final StreamingChatResponseHandler handler;

    private final Start start;

    private final RequestHandle handle;

    private final AnswerEvents events;

    private final String modelName;

    private final OptionalLong seed;

    private final AnswerCollector answer = new AnswerCollector();

    private TokenOrigin origin = TokenOrigin.TARGET;

    StreamedAnswer(StreamingChatResponseHandler handler, Start start, AnswerSyntax syntax, PreparedRequest request,
            String modelName) {
        this.handler = handler;
        this.start = start;
        this.handle = start.handle();
        this.events = new AnswerEvents(syntax, request, new Told());
        this.modelName = modelName;
        this.seed = request.seed();
    }

    @Override
    public void onText(String text, TokenOrigin origin) {
        this.origin = origin;
        this.events.accept(text);
    }

    @Override
    public void onStep(DecodeStep step) {
        if (!this.handle.isCancelled()) {
            InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(() -> this.start.steps().accept(step));
        }
    }

    @Override
    public void onComplete(GenerationResult result) {
        // What was held back turned out to be text. Its last token is the target's, since
        // a draft token is always followed by one.
        this.origin = TokenOrigin.TARGET;
        this.events.finish();
        unlessCancelled(() -> complete(this.answer.response(this.modelName, result, this.seed, this.events)));
    }

    private void complete(ChatResponse response) {
        Runnable call = () -> InternalStreamingChatResponseHandlerUtils.onCompleteResponse(this.handler, response);
        if (response.aiMessage().hasToolExecutionRequests()) {
            this.start.endRound(call);
        }
        else {
            call.run();
        }
    }

    @Override
    public void onError(RuntimeException error) {
        if (!this.handle.isCancelled()) {
            InternalStreamingChatResponseHandlerUtils
                .withLoggingExceptions(() -> this.handler.onError(EngineErrors.translate(error)));
        }
    }

    private void tell(Runnable call) {
        unlessCancelled(() -> {
            try {
                call.run();
            }
            catch (RuntimeException ex) {
                InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(() -> this.handler.onError(ex));
            }
        });
    }

    /** An Error is not the answer's fault and would come again: it is told once. */
    private void unlessCancelled(Runnable call) {
        if (this.handle.isCancelled()) {
            return;
        }
        try {
            call.run();
        }
        catch (Error ex) {
            this.handle.cancel();
            InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(() -> this.handler.onError(ex));
        }
    }

    /** Passes the parts of the answer on. */
    private final class Told implements AnswerParser.Parts {

        @Override
        public void onText(String text) {
            StreamedAnswer.this.answer.onText(text);
            tell(() -> StreamedAnswer.this.handler.onPartialResponse(
                    new CerberusPartialResponse(text, StreamedAnswer.this.origin),
                    new PartialResponseContext(StreamedAnswer.this.handle)));
        }

        @Override
        public void onThought(String text) {
            StreamedAnswer.this.answer.onThought(text);
            tell(() -> StreamedAnswer.this.handler.onPartialThinking(new PartialThinking(text),
                    new PartialThinkingContext(StreamedAnswer.this.handle)));
        }

        /** A call is known once it is whole, so that its only part is all of it. */
        @Override
        public void onToolCall(ChatMessage.ToolCall toolCall) {
            StreamedAnswer.this.answer.onToolCall(toolCall);
            CompleteToolCall call = StreamedAnswer.this.answer.lastToolCall();
            PartialToolCall part = PartialToolCall.builder()
                .index(call.index())
                .id(toolCall.id())
                .name(toolCall.name())
                .partialArguments(toolCall.argumentsJson())
                .build();
            unlessCancelled(() -> InternalStreamingChatResponseHandlerUtils
                .onPartialToolCall(StreamedAnswer.this.handler, part, StreamedAnswer.this.handle));
            unlessCancelled(() -> InternalStreamingChatResponseHandlerUtils
                .onCompleteToolCall(StreamedAnswer.this.handler, call));
        }

    }

}
