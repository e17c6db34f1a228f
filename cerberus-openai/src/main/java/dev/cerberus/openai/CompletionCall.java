package dev.cerberus.openai;

import java.util.List;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.langchain4j.CerberusChatRequestParameters;

/**
 * A request of the continuation of a text.
 *
 * @param prompt the text
 * @param parameters how it is continued
 * @param form how the answer is wanted
 */
record CompletionCall(String prompt, ChatRequestParameters parameters, AnswerForm form) {

    private static final int DEFAULT_MAX_TOKENS = 16;

    private static final int MOST_LOGPROBS = 5;

    /**
     * Reads a request.
     * @param node the body
     * @param served name of the model that is served
     * @throws OpenAiException if a field can not be honoured
     */
    static CompletionCall read(ObjectNode node, String served) {
        Fields body = new Fields(node, "");
        CerberusChatRequestParameters.Builder parameters = CerberusChatRequestParameters.builder();
        SamplingReader.read(body, served, parameters);
        parameters.maxOutputTokens(body.integer("max_tokens", 1).orElse(DEFAULT_MAX_TOKENS));
        AnswerForm form = AnswerForm.read(body);
        body.allowOnly("best_of", (value) -> value.isNumber() && value.doubleValue() == 1,
                "ask for one answer at a time");
        body.allowOnly("echo", (value) -> value.isBoolean() && !value.booleanValue(), "leave it out");
        body.allowOnly("suffix", (value) -> value.isString() && value.stringValue().isEmpty(), "leave it out");
        body.integer("logprobs", 0).ifPresent((top) -> {
            if (top > MOST_LOGPROBS) {
                throw OpenAiException.invalid("logprobs",
                        "'logprobs' must be a whole number of at most " + MOST_LOGPROBS);
            }
            parameters.logprobs(top);
        });
        String prompt = prompt(body);
        body.requireAllKnown();
        return new CompletionCall(prompt, parameters.build(), form);
    }

    private static String prompt(Fields body) {
        JsonNode prompt = body.require("prompt");
        if (prompt.isArray()) {
            List<JsonNode> prompts = body.list("prompt").orElse(List.of());
            if (prompts.size() == 1 && prompts.get(0).isString()) {
                return prompts.get(0).stringValue();
            }
        }
        if (!prompt.isString()) {
            throw OpenAiException.unsupported("prompt", "'prompt' must be one text");
        }
        return prompt.stringValue();
    }

}
