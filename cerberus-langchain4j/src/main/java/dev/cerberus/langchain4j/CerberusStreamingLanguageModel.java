package dev.cerberus.langchain4j;

import dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils;
import dev.langchain4j.model.StreamingResponseHandler;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.language.StreamingLanguageModel;

import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.TextGenerator;

/**
 * A language model that continues a text as it stands, without chat template, and hands
 * out the continuation piece by piece.
 *
 * <p>
 * Thread-safe. The engine behind it is neither opened nor closed here. The class is open
 * for proxies, not for other behaviour.
 *
 * @see CerberusLanguageModel
 */
public class CerberusStreamingLanguageModel implements StreamingLanguageModel {

    private final TextGenerator generator;

    private final ChatRequestParameters parameters;

    private final GenerationRequests requests;

    CerberusStreamingLanguageModel(Builder builder) {
        this.generator = builder.generator();
        this.parameters = builder.mergedParameters();
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
     * Starts to continue a text.
     * @param prompt the text; the names of special tokens in it are plain text
     * @param handler receives the continuation
     * @throws dev.langchain4j.exception.LangChain4jException for the reasons that
     * {@link CerberusStreamingChatModel#doChat} has
     */
    @Override
    public void generate(String prompt, StreamingResponseHandler<String> handler) {
        start(prompt, handler);
    }

    /**
     * Starts to continue a text and returns at once what cancels it.
     * @param prompt the text; the names of special tokens in it are plain text
     * @param handler receives the continuation; hears nothing after a cancellation
     * @return the handle; useless, but harmless, if the handler was told of a refusal
     */
    public StreamingHandle start(String prompt, StreamingResponseHandler<String> handler) {
        return start(prompt, this.parameters, handler);
    }

    /**
     * Starts to continue a text with parameters of its own and returns at once what
     * cancels it.
     * @param prompt the text; the names of special tokens in it are plain text
     * @param own the parameters; what they leave open comes from the model's defaults
     * @param handler receives the continuation; hears nothing after a cancellation
     * @return the handle; useless, but harmless, if the handler was told of a refusal
     */
    public StreamingHandle start(String prompt, ChatRequestParameters own, StreamingResponseHandler<String> handler) {
        PreparedRequest prepared = EngineErrors
            .reading(() -> this.requests.prepare(prompt, this.parameters.overrideWith(own)));
        RequestHandle handle = new RequestHandle();
        try {
            handle.started(this.generator.submit(prepared.request(), new Continuation(handler, handle)));
        }
        catch (RuntimeException ex) {
            InternalStreamingChatResponseHandlerUtils
                .withLoggingExceptions(() -> handler.onError(EngineErrors.translate(ex)));
        }
        return handle;
    }

    private record Continuation(StreamingResponseHandler<String> handler,
            RequestHandle handle) implements GenerationListener {

        @Override
        public void onText(String text, TokenOrigin origin) {
            tell(() -> {
                try {
                    this.handler.onNext(text);
                }
                catch (RuntimeException ex) {
                    this.handler.onError(ex);
                }
            });
        }

        @Override
        public void onComplete(GenerationResult result) {
            tell(() -> this.handler.onComplete(CerberusLanguageModel.response(result)));
        }

        @Override
        public void onError(RuntimeException error) {
            tell(() -> this.handler.onError(EngineErrors.translate(error)));
        }

        /** An Error is not the answer's fault and would come again: it is told once. */
        private void tell(Runnable call) {
            if (this.handle.isCancelled()) {
                return;
            }
            try {
                InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(call);
            }
            catch (Error ex) {
                this.handle.cancel();
                InternalStreamingChatResponseHandlerUtils.withLoggingExceptions(() -> this.handler.onError(ex));
            }
        }

    }

    /**
     * A builder of streaming language models. Not thread-safe.
     */
    public static final class Builder extends ChatModelBuilder<Builder> {

        private Builder(TextGenerator generator) {
            super(generator);
        }

        @Override
        Builder self() {
            return this;
        }

        @Override
        PreparedRequest prepare(GenerationRequests requests, ChatRequestParameters merged) {
            return requests.prepare("Hello", merged);
        }

        /**
         * Returns the language model.
         * @return the language model
         * @throws dev.langchain4j.exception.LangChain4jException if the default
         * parameters can not be honoured
         */
        public CerberusStreamingLanguageModel build() {
            return new CerberusStreamingLanguageModel(this);
        }

    }

}
