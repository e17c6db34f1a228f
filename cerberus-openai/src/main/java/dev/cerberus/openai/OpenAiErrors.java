package dev.cerberus.openai;

import java.util.Map;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EmptyPromptException;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.EngineFailedException;
import dev.cerberus.engine.UnknownTokenException;

/**
 * The translation of what the models throw into what clients are told.
 */
/*
 * What is wrong with a request is refused by its readers or, as an
 * InvalidRequestException, by the model. Any other IllegalArgumentException is of code
 * that the client did not write, and its message not for the client.
 */
final class OpenAiErrors {

    private static final Logger LOGGER = LoggerFactory.getLogger(OpenAiErrors.class);

    private static final String SERVER_ERROR = "server_error";

    /** What LangChain4j calls a parameter, and what OpenAI does. */
    private static final Map<String, String> PARAMETERS = Map.of("modelName", "model", "frequencyPenalty",
            "frequency_penalty", "presencePenalty", "presence_penalty", "toolChoice", "tool_choice", "responseFormat",
            "response_format", "toolSpecifications", "tools");

    private OpenAiErrors() {
    }

    /**
     * Translates a failure.
     * @param failure what was thrown
     * @param input the field that holds what the model reads
     * @return what the client is told; the message of an unexpected failure stays in the
     * log
     */
    static OpenAiException translate(Throwable failure, String input) {
        if (failure instanceof OpenAiException refusal) {
            return refusal;
        }
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof UnsupportedFeatureException) {
            return OpenAiException.unsupported(parameter(message, input), message);
        }
        if (failure instanceof InvalidRequestException) {
            if (failure.getCause() instanceof EmptyPromptException) {
                return OpenAiException.invalid(input, "'" + input + "' is empty; give it at least one character");
            }
            if (failure.getCause() instanceof UnknownTokenException unknown) {
                return OpenAiException.invalid("logit_bias", "'logit_bias' must name tokens by ids below "
                        + unknown.vocabularySize() + ", but has " + unknown.token());
            }
            boolean tooLong = failure.getCause() instanceof PromptTooLongException;
            return OpenAiException.refused(HttpStatus.BAD_REQUEST, tooLong ? input : null,
                    tooLong ? "context_length_exceeded" : null, message);
        }
        if (failure instanceof RateLimitException) {
            return new OpenAiException(HttpStatus.TOO_MANY_REQUESTS, "rate_limit_error", null, "rate_limit_exceeded",
                    message);
        }
        if (failure instanceof TimeoutException) {
            return new OpenAiException(HttpStatus.GATEWAY_TIMEOUT, SERVER_ERROR, null, "timeout", message);
        }
        if (failure instanceof InternalServerException && (failure.getCause() instanceof EngineClosedException
                || failure.getCause() instanceof EngineFailedException)) {
            return new OpenAiException(HttpStatus.SERVICE_UNAVAILABLE, SERVER_ERROR, null, "service_unavailable",
                    message);
        }
        LOGGER.error("A request failed", failure);
        return new OpenAiException(HttpStatus.INTERNAL_SERVER_ERROR, SERVER_ERROR, null, null,
                "The answer failed; the log of the application says why");
    }

    private static String parameter(String message, String input) {
        return PARAMETERS.entrySet()
            .stream()
            .filter((entry) -> message.contains("'" + entry.getKey() + "'"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(input);
    }

}
