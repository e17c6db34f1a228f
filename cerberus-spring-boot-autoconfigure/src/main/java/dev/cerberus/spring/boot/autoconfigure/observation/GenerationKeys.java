package dev.cerberus.spring.boot.autoconfigure.observation;

import io.micrometer.common.docs.KeyName;

/**
 * The attributes of observed requests. All but the last follow the semantic conventions
 * of OpenTelemetry for generative AI.
 */
public enum GenerationKeys implements KeyName {

    /** {@code chat} or {@code text_completion}. */
    OPERATION("gen_ai.operation.name"),

    /** {@code cerberus}. */
    PROVIDER("gen_ai.provider.name"),

    /** Name of the model that was asked. */
    REQUEST_MODEL("gen_ai.request.model"),

    /** Name of the model that answered. */
    RESPONSE_MODEL("gen_ai.response.model"),

    /** Class of what a request failed with or was refused for, or {@code none}. */
    ERROR_TYPE("error.type"),

    /** Most output tokens. */
    MAX_TOKENS("gen_ai.request.max_tokens"),

    /** Sampling temperature. */
    TEMPERATURE("gen_ai.request.temperature"),

    /** Probability mass to sample from. */
    TOP_P("gen_ai.request.top_p"),

    /** Number of tokens to sample from, if limited. */
    TOP_K("gen_ai.request.top_k"),

    /** What is taken from logits for each time that a token stands in the answer. */
    FREQUENCY_PENALTY("gen_ai.request.frequency_penalty"),

    /** What is taken from logits of tokens that stand in the answer. */
    PRESENCE_PENALTY("gen_ai.request.presence_penalty"),

    /** Key of the sampling noise. */
    SEED("gen_ai.request.seed"),

    /** Number of texts that end the answer. */
    STOP_SEQUENCES("gen_ai.request.stop_sequences.count"),

    /** Id of the answer. */
    RESPONSE_ID("gen_ai.response.id"),

    /** Why the answer ended: {@code stop}, {@code length} or {@code cancelled}. */
    FINISH_REASONS("gen_ai.response.finish_reasons"),

    /** Tokens of the prompt. */
    INPUT_TOKENS("gen_ai.usage.input_tokens"),

    /** Tokens of the answer. */
    OUTPUT_TOKENS("gen_ai.usage.output_tokens"),

    /** Draft tokens kept. */
    ACCEPTED_DRAFT_TOKENS("cerberus.usage.accepted_draft_tokens");

    private final String key;

    GenerationKeys(String key) {
        this.key = key;
    }

    @Override
    public String asString() {
        return this.key;
    }

}
