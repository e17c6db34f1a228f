package dev.cerberus.langchain4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.langchain4j.internal.Json;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
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

    /**
     * A tool without parameters is called with none. Templates write this into prompts,
     * so that the order of the names matters.
     */
    private static final String NO_PARAMETERS = "{\"type\": \"object\", \"properties\": {}}";

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
        return Optional.of(new OutputFormat.ToolCalls(tools, required, parallel(parameters), response));
    }

    private static boolean parallel(ChatRequestParameters parameters) {
        return !(parameters instanceof CerberusChatRequestParameters own)
                || !Boolean.FALSE.equals(own.parallelToolCalls());
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
        return (parameters == null || hasNothing(parameters)) ? NO_PARAMETERS : Json.toJson(map(parameters));
    }

    private static String schema(JsonSchemaElement element) {
        return (element instanceof JsonRawSchema raw) ? raw.schema() : Json.toJson(map(element));
    }

    private static Map<String, Object> map(JsonSchemaElement element) {
        Map<String, Object> map = new LinkedHashMap<>(JsonSchemaElementUtils.toMap(element));
        refine(element, map);
        return map;
    }

    /*
     * LangChain4j's own translation forgets whether further properties are allowed, and
     * writes a Map<String, …> as an object of no properties, which would keep it empty.
     */
    private static void refine(JsonSchemaElement element, Map<String, Object> map) {
        KnownShapes.refine(element, map);
        if (element instanceof JsonObjectSchema object) {
            if (object.additionalProperties() != null) {
                map.put("additionalProperties", object.additionalProperties());
            }
            else if (hasNothing(object)) {
                map.remove("properties");
            }
            refineAll(object.properties(), map.get("properties"));
            refineAll(object.definitions(), map.get("$defs"));
        }
        else if (element instanceof JsonArraySchema array && array.items() != null) {
            refine(array.items(), asMap(map.get("items")));
        }
        else if (element instanceof JsonAnyOfSchema any) {
            List<?> alternatives = (List<?>) Objects.requireNonNull(map.get("anyOf"));
            for (int i = 0; i < alternatives.size(); i++) {
                refine(any.anyOf().get(i), asMap(alternatives.get(i)));
            }
        }
    }

    private static void refineAll(@Nullable Map<String, JsonSchemaElement> elements, @Nullable Object maps) {
        if (elements != null && maps != null) {
            elements.forEach((name, element) -> refine(element, asMap(asMap(maps).get(name))));
        }
    }

    private static boolean hasNothing(JsonObjectSchema object) {
        return object.properties().isEmpty() && object.additionalProperties() == null;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

}
