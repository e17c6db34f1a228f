package dev.cerberus.langchain4j;

import java.util.List;
import java.util.Map;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.language.LanguageModel;
import dev.langchain4j.model.output.Response;

import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.engine.TokenProbability;

/**
 * A language model that continues a text as it stands, without chat template, and answers
 * when the whole continuation is there.
 *
 * <p>
 * Its responses carry {@link CerberusTokenUsage}. Thread-safe. The engine behind it is
 * neither opened nor closed here. The class is open for proxies, not for other behaviour.
 *
 * @see CerberusStreamingLanguageModel
 */
public class CerberusLanguageModel implements LanguageModel {

    private static final String LOGPROBS = "logprobs";

    private final TextGenerator generator;

    private final ChatRequestParameters parameters;

    private final GenerationRequests requests;

    CerberusLanguageModel(Builder builder) {
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
     * Continues a text.
     * @param prompt the text; the names of special tokens in it are plain text
     * @return the continuation
     * @throws dev.langchain4j.exception.LangChain4jException for the reasons that
     * {@link CerberusChatModel#doChat} has
     */
    @Override
    public Response<String> generate(String prompt) {
        return EngineErrors.translating(() -> {
            PreparedRequest prepared = EngineErrors.reading(() -> this.requests.prepare(prompt, this.parameters));
            return response(this.generator.generate(prepared.request()));
        });
    }

    /**
     * Returns how probable each token of a continuation was.
     * @param response a response of this model, or of
     * {@link CerberusStreamingLanguageModel}
     * @return the tokens in their order; empty unless
     * {@link CerberusChatRequestParameters#logprobs()} asks for them
     */
    public static List<TokenProbability> logprobs(Response<String> response) {
        return (response.metadata().get(LOGPROBS) instanceof List<?> tokens)
                ? tokens.stream().map(TokenProbability.class::cast).toList() : List.of();
    }

    static Response<String> response(GenerationResult result) {
        return new Response<>(result.text(), CerberusTokenUsage.of(result), AnswerCollector.reason(result),
                result.logprobs().isEmpty() ? Map.of() : Map.of(LOGPROBS, result.logprobs()));
    }

    /**
     * A builder of language models. Not thread-safe.
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
        public CerberusLanguageModel build() {
            return new CerberusLanguageModel(this);
        }

    }

}
