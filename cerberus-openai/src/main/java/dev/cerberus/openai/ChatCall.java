package dev.cerberus.openai;

import java.util.List;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;

/**
 * A request of a chat completion.
 *
 * @param request what the model is asked
 * @param form how the answer is wanted
 * @param parallelToolCalls whether there may be more than one tool call
 */
record ChatCall(ChatRequest request, AnswerForm form, boolean parallelToolCalls) {

    private static final JsonNode TEXT_ONLY = Json.object().arrayNode().add("text");

    /**
     * Reads a request.
     * @param node the body
     * @param served name of the model that is served
     * @throws OpenAiException if a field can not be honoured
     */
    static ChatCall read(ObjectNode node, String served) {
        Fields body = new Fields(node, "");
        CerberusChatRequestParameters.Builder parameters = CerberusChatRequestParameters.builder();
        SamplingReader.read(body, served, parameters);
        List<ChatMessage> messages = new MessageReader().read(body);
        body.integer("max_tokens", 1).ifPresent(parameters::maxOutputTokens);
        body.integer("max_completion_tokens", 1).ifPresent(parameters::maxOutputTokens);
        boolean parallel = ToolReader.read(body, parameters);
        body.find("response_format").ifPresent((value) -> format(Fields.of(value, "response_format"), parameters));
        AnswerForm form = AnswerForm.read(body);
        logprobs(body, parameters);
        body.allowOnly("modalities", (value) -> value.equals(TEXT_ONLY), "this model writes text only");
        body.allowOnly("store", (value) -> value.isBoolean() && !value.booleanValue(), "nothing is stored here");
        body.ignore("metadata", "service_tier", "prompt_cache_key");
        body.requireAllKnown();
        return new ChatCall(ChatRequest.builder().messages(messages).parameters(parameters.build()).build(), form,
                parallel);
    }

    private static void logprobs(Fields body, CerberusChatRequestParameters.Builder parameters) {
        boolean wanted = body.flag("logprobs").orElse(false);
        int top = body.integer("top_logprobs", 0).orElse(0);
        if (top > GenerationRequest.MOST_LOGPROBS) {
            throw OpenAiException.invalid("top_logprobs",
                    "'top_logprobs' must be a whole number of at most " + GenerationRequest.MOST_LOGPROBS);
        }
        if (top > 0 && !wanted) {
            throw OpenAiException.invalid("top_logprobs", "'top_logprobs' needs 'logprobs' to be true");
        }
        if (wanted) {
            parameters.logprobs(top);
        }
    }

    private static void format(Fields fields, CerberusChatRequestParameters.Builder parameters) {
        String type = fields.requireText("type");
        switch (type) {
            case "text" -> parameters.responseFormat(ResponseFormat.TEXT);
            case "json_object" -> parameters.responseFormat(ResponseFormat.JSON);
            case "json_schema" -> parameters.responseFormat(schema(fields));
            default -> throw OpenAiException.invalid("response_format.type",
                    "'response_format.type' must be text, json_object or json_schema, was '" + type + "'");
        }
        fields.requireAllKnown();
    }

    private static ResponseFormat schema(Fields fields) {
        Fields format = Fields.of(fields.require("json_schema"), "response_format.json_schema");
        format.ignore("description", "strict");
        JsonNode root = format.require("schema");
        if (!root.isObject() && !root.isBoolean()) {
            throw OpenAiException.invalid(format.path("schema"), "'" + format.path("schema") + "' must be an object");
        }
        JsonSchema schema = JsonSchema.builder()
            .name(format.requireText("name"))
            .rootElement(JsonRawSchema.from(root.toString()))
            .build();
        format.requireAllKnown();
        return ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
    }

}
