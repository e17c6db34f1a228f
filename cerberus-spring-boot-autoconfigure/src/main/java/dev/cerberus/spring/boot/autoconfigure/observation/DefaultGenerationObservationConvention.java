package dev.cerberus.spring.boot.autoconfigure.observation;

import java.util.Locale;

import io.micrometer.common.KeyValues;

import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Operation;
import dev.cerberus.sample.SamplingOptions;

/**
 * The names and attributes of the semantic conventions for generative AI. Thread-safe.
 *
 * <p>
 * The observation is called {@code gen_ai.client.operation}, its span {@code chat} or
 * {@code text_completion} and the model's name. Neither prompts nor answers are recorded.
 */
public class DefaultGenerationObservationConvention implements GenerationObservationConvention {

    static final String NAME = "gen_ai.client.operation";

    static final String PROVIDER = "cerberus";

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public String getContextualName(GenerationObservationContext context) {
        return operation(context) + " " + context.modelName();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(GenerationObservationContext context) {
        return KeyValues.of(GenerationKeys.OPERATION.withValue(operation(context)),
                GenerationKeys.PROVIDER.withValue(PROVIDER),
                GenerationKeys.REQUEST_MODEL.withValue(context.modelName()),
                GenerationKeys.RESPONSE_MODEL.withValue(context.modelName()),
                GenerationKeys.ERROR_TYPE.withValue(errorType(context)));
    }

    private static String operation(GenerationObservationContext context) {
        return Operation.of(context.request()).id();
    }

    /**
     * There is a value without an error too: all series of a meter have the same tags.
     */
    private static String errorType(GenerationObservationContext context) {
        Throwable error = context.getError();
        return (error != null) ? error.getClass().getName() : "none";
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(GenerationObservationContext context) {
        GenerationRequest request = context.request();
        SamplingOptions sampling = request.sampling();
        KeyValues values = KeyValues.of(
                GenerationKeys.MAX_TOKENS.withValue(Integer.toString(request.maxOutputTokens())),
                GenerationKeys.TEMPERATURE.withValue(Double.toString(sampling.temperature())),
                GenerationKeys.STOP_SEQUENCES.withValue(Integer.toString(request.stopStrings().size())));
        if (!sampling.greedy()) {
            values = values.and(GenerationKeys.TOP_P.withValue(Double.toString(sampling.topP())),
                    GenerationKeys.SEED.withValue(Long.toString(sampling.seed())));
        }
        if (!sampling.greedy() && sampling.topK() > 0) {
            values = values.and(GenerationKeys.TOP_K.withValue(Integer.toString(sampling.topK())));
        }
        if (sampling.frequencyPenalty() != 0) {
            values = values
                .and(GenerationKeys.FREQUENCY_PENALTY.withValue(Double.toString(sampling.frequencyPenalty())));
        }
        if (sampling.presencePenalty() != 0) {
            values = values.and(GenerationKeys.PRESENCE_PENALTY.withValue(Double.toString(sampling.presencePenalty())));
        }
        GenerationResult result = context.result();
        return (result != null) ? values.and(outcome(result)) : values;
    }

    private static KeyValues outcome(GenerationResult result) {
        return KeyValues.of(GenerationKeys.RESPONSE_ID.withValue(result.id()),
                GenerationKeys.FINISH_REASONS.withValue(result.finishReason().name().toLowerCase(Locale.ROOT)),
                GenerationKeys.INPUT_TOKENS.withValue(Integer.toString(result.statistics().promptTokens())),
                GenerationKeys.OUTPUT_TOKENS.withValue(Integer.toString(result.tokens().length)),
                GenerationKeys.ACCEPTED_DRAFT_TOKENS
                    .withValue(Integer.toString(result.statistics().acceptedDraftTokens())));
    }

}
