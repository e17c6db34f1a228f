package dev.cerberus.langchain4j;

import java.util.List;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;

import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.text.AnswerParser;

/**
 * A chat model that decodes with Cerberus inside this JVM and answers when the whole text
 * is there.
 *
 * <p>
 * Its responses carry {@link CerberusTokenUsage} and
 * {@link CerberusChatResponseMetadata}; its requests may carry
 * {@link CerberusChatRequestParameters}. Thread-safe. The engine behind it is neither
 * opened nor closed here.
 *
 * @see CerberusStreamingChatModel
 */
public final class CerberusChatModel implements ChatModel {

    private final TextGenerator generator;

    private final ChatRequestParameters defaultRequestParameters;

    private final List<ChatModelListener> listeners;

    private final GenerationRequests requests;

    private CerberusChatModel(Builder builder) {
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
     * @throws IllegalArgumentException if a value is out of range or the last message is
     * blank
     * @throws dev.cerberus.decode.PromptTooLongException if the conversation leaves no
     * room for an answer
     * @throws dev.cerberus.engine.QueueFullException if too many requests are waiting
     * @throws dev.cerberus.text.ChatTemplateException if the model has no chat template
     * or its template refuses the conversation
     */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        PreparedRequest prepared = this.requests.prepare(request);
        GenerationResult result = this.generator.generate(prepared.request());
        AnswerParser parser = this.generator.answerSyntax().parser(prepared.tools());
        AnswerCollector answer = new AnswerCollector();
        parser.accept(result.text(), answer);
        parser.finish(answer);
        return answer.response(this.generator.description().modelName(), result, prepared.seed());
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return this.defaultRequestParameters;
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
         */
        public CerberusChatModel build() {
            return new CerberusChatModel(this);
        }

    }

}
