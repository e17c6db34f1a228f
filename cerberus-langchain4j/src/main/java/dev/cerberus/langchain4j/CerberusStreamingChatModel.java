package dev.cerberus.langchain4j;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;

import dev.cerberus.decode.DecodeStep;
import dev.cerberus.engine.TextGenerator;

/**
 * A chat model that decodes with Cerberus inside this JVM and hands out the answer piece
 * by piece.
 *
 * <p>
 * Every piece is a {@link CerberusPartialResponse}, which tells accepted draft tokens
 * from the target model's own; its context cancels the request. Thread-safe. The engine
 * behind it is neither opened nor closed here. The class is open for proxies, not for
 * other behaviour.
 *
 * @see CerberusChatModel
 */
public class CerberusStreamingChatModel implements StreamingChatModel {

    private final TextGenerator generator;

    private final ChatRequestParameters defaultRequestParameters;

    private final List<ChatModelListener> listeners;

    private final GenerationRequests requests;

    CerberusStreamingChatModel(Builder builder) {
        this.generator = builder.generator();
        this.defaultRequestParameters = builder.mergedParameters();
        this.listeners = builder.listeners();
        this.requests = builder.requests();
    }

    /**
     * Returns a builder.
     * @param generator what decodes, usually a {@link dev.cerberus.engine.CerberusEngine}
     * @return the builder
     */
    public static Builder builder(TextGenerator generator) {
        return new Builder(generator);
    }

    /**
     * Starts to answer a request as {@code chat} does, and returns at once what cancels
     * it, also while it waits in the queue or its prompt is being read.
     * @param request the conversation and its parameters
     * @param handler receives the answer; hears nothing after a cancellation
     * @return the handle; useless, but harmless, if the handler was told of a refusal
     * @throws RuntimeException for the reasons that {@link #doChat} has
     */
    public StreamingHandle start(ChatRequest request, StreamingChatResponseHandler handler) {
        return start(request, handler, (step) -> {
        });
    }

    /**
     * Starts to answer a request as
     * {@link #start(ChatRequest, StreamingChatResponseHandler)} does, and tells of every
     * decode step.
     * @param request the conversation and its parameters
     * @param handler receives the answer; hears nothing after a cancellation
     * @param steps receives every step after the pieces that it gave, on the thread that
     * calls the handler
     * @return the handle; useless, but harmless, if the handler was told of a refusal
     * @throws RuntimeException for the reasons that {@link #doChat} has
     */
    public StreamingHandle start(ChatRequest request, StreamingChatResponseHandler handler,
            Consumer<DecodeStep> steps) {
        RequestHandle handle = new RequestHandle();
        Start.of(this, handle, steps).within(() -> chat(request, handler));
        return handle;
    }

    /**
     * Starts to answer a request, as every {@code chat} does. What is wrong with it is
     * thrown here, and not told to the handler; listeners hear of it either way.
     * @param request the conversation and its parameters
     * @param options what listeners find with the request
     * @param handler receives the answer
     * @throws RuntimeException for the reasons that {@link #doChat} has
     */
    @Override
    public void chat(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
        if (this.listeners.isEmpty()) {
            StreamingChatModel.super.chat(request, options, handler);
            return;
        }
        ChatRequest merged = ChatRequest.builder()
            .messages(request.messages())
            .parameters(this.defaultRequestParameters.overrideWith(request.parameters()))
            .build();
        PreparedRequest prepared;
        try {
            prepared = prepare(merged);
        }
        catch (RuntimeException ex) {
            new ListenedChat(this, (nobody) -> nobody.onError(ex)).chat(request, options, new Nobody());
            throw ex;
        }
        new ListenedChat(this, (listened) -> answer(prepared, listened)).chat(request, options, handler);
    }

    private PreparedRequest prepare(ChatRequest merged) {
        return EngineErrors.reading(() -> this.requests.prepare(merged));
    }

    /**
     * Starts to answer a request whose parameters are merged with the defaults already.
     *
     * <p>
     * A request that can not be served (the queue is full, the conversation is too long
     * for the context, the model has no chat template, the response format can not be
     * enforced) is reported to the handler's {@code onError} before this method returns.
     * All other callbacks come from another thread.
     * @param request the conversation and its parameters
     * @param handler receives the answer
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if the request asks
     * for something that this model does not do
     * @throws dev.langchain4j.exception.InvalidRequestException if a value is out of
     * range or the last message is blank
     */
    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        answer(prepare(request), handler);
    }

    private void answer(PreparedRequest prepared, StreamingChatResponseHandler handler) {
        Start start = Start.current(this);
        RequestHandle handle = start.handle();
        if (handle.isCancelled()) {
            return;
        }
        StreamedAnswer answer = new StreamedAnswer(handler, start, this.generator.answerSyntax(), prepared,
                this.generator.description().modelName());
        try {
            handle.started(this.generator.submit(prepared.request(), answer));
        }
        catch (RuntimeException ex) {
            InternalStreamingChatResponseHandlerUtils
                .withLoggingExceptions(() -> handler.onError(EngineErrors.translate(ex)));
        }
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return this.defaultRequestParameters;
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    @Override
    public List<ChatModelListener> listeners() {
        return this.listeners;
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    /** Whoever asked is thrown what is wrong. */
    private static final class Nobody implements StreamingChatResponseHandler {

        @Override
        public void onCompleteResponse(ChatResponse response) {
            // does not come
        }

        @Override
        public void onError(Throwable error) {
            // is thrown
        }

    }

    /**
     * A builder of streaming chat models. Not thread-safe.
     */
    public static final class Builder extends ChatModelBuilder<Builder> {

        private Builder(TextGenerator generator) {
            super(generator);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Returns the chat model.
         * @return the chat model
         * @throws dev.langchain4j.exception.UnsupportedFeatureException if the default
         * parameters ask for something that this model does not do
         * @throws dev.langchain4j.exception.InvalidRequestException if one of them is out
         * of range, can not be enforced or names a token that there is not
         */
        public CerberusStreamingChatModel build() {
            return new CerberusStreamingChatModel(this);
        }

    }

}
