package dev.cerberus.langchain4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.langchain4j.internal.Json;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.OutputFormat;
import dev.cerberus.text.ToolDefinition;

/**
 * A translator of response formats and tools into what the engine enforces.
 */
final class OutputFormats {

    private OutputFormats() {
    }

    /** Returns what the answer must look like, if that matters. */
    static Optional<OutputFormat> of(ChatRequestParameters parameters, List<ToolDefinition> tools) {
        Optional<OutputFormat> response = response(parameters.responseFormat());
        boolean required = parameters.toolChoice() == ToolChoice.REQUIRED;
        if (tools.isEmpty()) {
            if (required) {
                throw new IllegalArgumentException(
                        "tool choice REQUIRED needs at least one tool; add tools, or leave the choice out");
            }
            return response;
        }
        return Optional.of(new OutputFormat.ToolCalls(tools, required, response));
    }

    private static Optional<OutputFormat> response(@Nullable ResponseFormat format) {
        if (format == null || format.type() != ResponseFormatType.JSON) {
            return Optional.empty();
        }
        return Optional.of((format.jsonSchema() == null) ? OutputFormat.JSON_OBJECT
                : new OutputFormat.JsonSchema(schema(format.jsonSchema().rootElement())));
    }

    /** Returns the parameters of a tool as a JSON schema. */
    static String parameters(@Nullable JsonObjectSchema parameters) {
        if (parameters == null) {
            return Json.toJson(Map.of("type", "object", "properties", Map.of()));
        }
        Map<String, Object> schema = new LinkedHashMap<>(JsonSchemaElementUtils.toMap(parameters));
        if (parameters.additionalProperties() != null) {
            schema.put("additionalProperties", parameters.additionalProperties());
        }
        return Json.toJson(schema);
    }

    private static String schema(JsonSchemaElement element) {
        return (element instanceof JsonRawSchema raw) ? raw.schema()
                : Json.toJson(JsonSchemaElementUtils.toMap(element));
    }

}
