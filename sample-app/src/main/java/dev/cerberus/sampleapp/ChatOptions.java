package dev.cerberus.sampleapp;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;
import tools.jackson.databind.annotation.JsonDeserialize;

import dev.cerberus.gate.GateMode;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.sample.SamplingOptions;

/**
 * How one message shall be answered; what is left open is the application's.
 *
 * @param system what the model is told before the conversation
 * @param temperature 0 for the most probable token always, 0..100
 * @param topP smallest set of most probable tokens that reaches this sum, in (0, 1]
 * @param topK most probable tokens to choose from, at least 1; 0 for all
 * @param maxTokens most output tokens, at least 1
 * @param seed key of the sampling noise
 * @param drafting {@code false} to decode without drafting
 */
record ChatOptions(@JsonDeserialize(using = StrictText.class) @Nullable String system, @Nullable Double temperature,
        @Nullable Double topP, @Nullable Integer topK, @Nullable Integer maxTokens, @Nullable Long seed,
        @Nullable Boolean drafting) {

    static final ChatOptions DEFAULT = new ChatOptions(null, null, null, null, null, null, null);

    /**
     * Returns the parameters of a request.
     * @return the parameters, with nothing set that was left open
     * @throws ErrorResponseException if a value is out of range
     */
    ChatRequestParameters parameters() {
        sampling();
        if (this.maxTokens != null && this.maxTokens < 1) {
            throw ChatQuestion.badRequest("'options.maxTokens' must be at least 1, was " + this.maxTokens);
        }
        CerberusChatRequestParameters.Builder builder = CerberusChatRequestParameters.builder();
        builder.seed(this.seed).gateMode(Boolean.FALSE.equals(this.drafting) ? GateMode.NEVER : null);
        return builder.temperature(this.temperature)
            .topP(this.topP)
            .topK(this.topK)
            .maxOutputTokens(this.maxTokens)
            .build();
    }

    /** Returns the sampling that is asked for, for the sake of its own checks. */
    private SamplingOptions sampling() {
        SamplingOptions greedy = SamplingOptions.GREEDY;
        try {
            return new SamplingOptions(orElse(this.temperature, greedy.temperature()), orElse(this.topK, greedy.topK()),
                    orElse(this.topP, greedy.topP()), greedy.seed());
        }
        catch (IllegalArgumentException ex) {
            throw ChatQuestion.badRequest("'options': " + ex.getMessage());
        }
    }

    private static <T> T orElse(@Nullable T value, T other) {
        return (value != null) ? value : other;
    }

}
