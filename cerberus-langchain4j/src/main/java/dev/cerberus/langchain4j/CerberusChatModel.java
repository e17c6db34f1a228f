package dev.cerberus.langchain4j;

import java.util.List;
import java.util.Set;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;

import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.TextGenerator;

/**
 * A chat model that decodes with Cerberus inside this JVM and answers when the whole text
 * is there.
 *
 * <p>
 * Its responses carry {@link CerberusTokenUsage} and
 * {@link CerberusChatResponseMetadata}; its requests may carry
 * {@link CerberusChatRequestParameters}. Thread-safe. The engine behind it is neither
 * opened nor closed here. The class is open for proxies, not for other behaviour.
 *
 * @see CerberusStreamingChatModel
 */
public class CerberusChatModel implements ChatModel {

    private final TextGenerator generator;

    private final ChatRequestParameters defaultRequestParameters;

    private final List<ChatModelListener> listeners;

    private final GenerationRequests requests;

    CerberusChatModel(Builder builder) {
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
     * Answers a request whose parameters are merged with the defaults already.
     * @param request the conversation and its parameters
     * @return the answer
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if the request asks
     * for something that this model does not do
     * @throws dev.langchain4j.exception.InvalidRequestException if a value is out of
     * range, the last message is blank, the conversation leaves no room for an answer,
     * the chat template is missing or refuses the conversation, or the response format
     * asks for something that can not be enforced
     * @throws dev.langchain4j.exception.RateLimitException if too many requests are
     * waiting
     * @throws dev.langchain4j.exception.TimeoutException if the answer took longer than
     * allowed
     * @throws dev.langchain4j.exception.InternalServerException if the engine is closed
     * or has failed
     */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        return EngineErrors.translating(() -> answer(request));
    }

    private ChatResponse answer(ChatRequest request) {
        PreparedRequest prepared = EngineErrors.reading(() -> this.requests.prepare(request));
        GenerationResult result = this.generator.generate(prepared.request());
        AnswerCollector answer = new AnswerCollector();
        AnswerEvents events = new AnswerEvents(this.generator.answerSyntax(), prepared, answer);
        events.accept(result.text());
        events.finish();
        return answer.response(this.generator.description().modelName(), result, prepared.seed(), events);
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

    /**
     * A builder of chat models. Not thread-safe.
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
        public CerberusChatModel build() {
            return new CerberusChatModel(this);
        }

    }

}
