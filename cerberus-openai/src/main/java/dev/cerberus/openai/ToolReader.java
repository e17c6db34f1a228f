package dev.cerberus.openai;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.langchain4j.CerberusChatRequestParameters;

/**
 * The reader of tools and of which of them may be called.
 */
final class ToolReader {

    /* LangChain4j takes no booleans for schemas. */
    private static final String ANYTHING = "{}";

    private static final String NOTHING = "{\"not\": {}}";

    /** Keywords that hold beside those of what is referred to, and not in their place. */
    private static final Set<String> BOTH_HOLD = Set.of("type", "properties", "required", "additionalProperties");

    private ToolReader() {
    }

    /**
     * Reads them.
     * @param body the request
     * @param parameters receives what they say
     * @return whether more than one call is to be told; a tool that is named is called
     * once, and what is left open is the model's default
     */
    static boolean read(Fields body, CerberusChatRequestParameters.Builder parameters) {
        List<ToolSpecification> tools = new ArrayList<>();
        List<JsonNode> nodes = body.list("tools").orElse(List.of());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            ToolSpecification tool = tool(Fields.of(nodes.get(i), "tools[" + i + "]"));
            if (!names.add(tool.name())) {
                String place = "tools[" + i + "].function.name";
                throw OpenAiException.invalid(place, "'" + place + "' is '" + tool.name()
                        + "', as another tool is called; a call would not tell which is meant");
            }
            tools.add(tool);
        }
        Optional<JsonNode> choice = body.find("tool_choice");
        choice.ifPresent((value) -> choose(value, tools, parameters));
        if (!tools.isEmpty()) {
            parameters.toolSpecifications(tools);
        }
        body.allowOnly("functions", (value) -> false, "send tools");
        body.allowOnly("function_call", (value) -> false, "send tool_choice");
        Optional<Boolean> said = body.flag("parallel_tool_calls");
        Optional<Boolean> parallel = choice.filter(JsonNode::isObject).map((named) -> false).or(() -> said);
        parallel.ifPresent(parameters::parallelToolCalls);
        return parallel.orElse(true);
    }

    private static void choose(JsonNode choice, List<ToolSpecification> tools,
            CerberusChatRequestParameters.Builder parameters) {
        String kind = choice.isString() ? choice.stringValue() : "";
        switch (kind) {
            case "none" -> parameters.toolChoice(ToolChoice.NONE);
            case "auto" -> parameters.toolChoice(ToolChoice.AUTO);
            case "required" -> parameters.toolChoice(ToolChoice.REQUIRED);
            default -> {
                String name = chosen(choice);
                tools.removeIf((tool) -> !tool.name().equals(name));
                parameters.toolChoice(ToolChoice.REQUIRED);
                if (tools.isEmpty()) {
                    throw OpenAiException.invalid("tool_choice",
                            "'tool_choice' names the tool '" + name + "', which is not among 'tools'");
                }
            }
        }
        if (tools.isEmpty() && kind.equals("required")) {
            throw OpenAiException.invalid("tool_choice", "'tool_choice' is required, but there are no 'tools'");
        }
    }

    private static String chosen(JsonNode choice) {
        if (choice instanceof ObjectNode object) {
            Fields fields = new Fields(object, "tool_choice");
            if (fields.requireText("type").equals("function")) {
                Fields function = Fields.of(fields.require("function"), "tool_choice.function");
                String name = function.requireText("name");
                function.requireAllKnown();
                fields.requireAllKnown();
                return name;
            }
        }
        throw OpenAiException.invalid("tool_choice",
                "'tool_choice' must be none, auto, required or {\"type\": \"function\", \"function\": {\"name\": …}}");
    }

    private static ToolSpecification tool(Fields fields) {
        if (!fields.requireText("type").equals("function")) {
            throw OpenAiException.unsupported(fields.path("type"), "'" + fields.path("type") + "' must be function");
        }
        Fields function = Fields.of(fields.require("function"), fields.path("function"));
        ToolSpecification.Builder tool = ToolSpecification.builder().name(name(function));
        function.text("description").ifPresent(tool::description);
        function.find("parameters")
            .ifPresent((schema) -> tool.parameters(schema(root(schema, function.path("parameters")))));
        function.flag("strict").ifPresent(tool::strict);
        function.requireAllKnown();
        fields.requireAllKnown();
        return tool.build();
    }

    private static String name(Fields function) {
        String name = function.requireText("name");
        if (!name.matches("[A-Za-z0-9_.-]{1,64}")) {
            throw OpenAiException.invalid(function.path("name"), "'" + function.path("name")
                    + "' must be 1 to 64 letters, digits, dots, dashes or underscores, was '" + name + "'");
        }
        return name;
    }

    /**
     * Puts a definition in its place, with what stands beside the reference, where the
     * whole schema refers to one, as generators of schemas write types that hold
     * themselves.
     */
    private static Fields root(JsonNode schema, String path) {
        Fields fields = Fields.of(schema, path);
        Optional<String> reference = fields.text(Definitions.REFERENCE);
        if (reference.isEmpty()) {
            return fields;
        }
        ObjectNode definition = Definitions.find((ObjectNode) schema, reference.get())
            .filter((found) -> !found.has(Definitions.REFERENCE))
            .orElseThrow(() -> OpenAiException.invalid(fields.path(Definitions.REFERENCE),
                    "'" + fields.path(Definitions.REFERENCE) + "' must name an object in '"
                            + fields.path(Definitions.NOW) + "' that is no reference itself, was '" + reference.get()
                            + "'"));
        ObjectNode whole = Json.object();
        whole.setAll(definition);
        // they stay where they are referred to, below the definition
        whole.remove(List.of(Definitions.NOW, Definitions.BEFORE));
        schema.properties()
            .stream()
            .filter((entry) -> !entry.getKey().equals(Definitions.REFERENCE) && !entry.getValue().isNull())
            .forEach((entry) -> {
                JsonNode before = whole.get(entry.getKey());
                if (BOTH_HOLD.contains(entry.getKey()) && before != null && !before.isNull()
                        && !before.equals(entry.getValue())) {
                    String place = fields.path(entry.getKey());
                    throw OpenAiException.unsupported(place, "'" + place + "' is not supported beside a '"
                            + Definitions.REFERENCE + "' to what has another one; say it there alone");
                }
                whole.set(entry.getKey(), entry.getValue());
            });
        return new Fields(whole, path);
    }

    /** Keeps the schema of every argument as it is. */
    private static JsonObjectSchema schema(Fields fields) {
        fields.allowOnly("type", (type) -> type.isString() && type.stringValue().equals("object"),
                "arguments are an object");
        fields.ignore("title", "default", "examples", "$schema", "$id", "$comment", "strict");
        JsonObjectSchema.Builder parameters = JsonObjectSchema.builder();
        fields.text("description").ifPresent(parameters::description);
        fields.find("properties")
            .ifPresent((properties) -> parameters.addProperties(raw(properties, fields.path("properties"))));
        fields.list("required")
            .ifPresent((names) -> parameters
                .required(names.stream().map((name) -> name(name, fields.path("required"))).toList()));
        fields.allowOnly("additionalProperties", (value) -> value.isBoolean() || isAnything(value),
                "say true or false");
        fields.find("additionalProperties")
            .ifPresent((value) -> parameters.additionalProperties(isAnything(value) || value.booleanValue()));
        Map<String, JsonSchemaElement> definitions = definitions(fields);
        if (!definitions.isEmpty()) {
            parameters.definitions(definitions);
        }
        fields.requireAllKnown();
        return parameters.build();
    }

    private static Map<String, JsonSchemaElement> definitions(Fields fields) {
        Map<String, JsonSchemaElement> all = new LinkedHashMap<>();
        for (String keyword : List.of(Definitions.NOW, Definitions.BEFORE)) {
            String path = fields.path(keyword);
            fields.find(keyword).map((schemas) -> raw(schemas, path)).orElse(Map.of()).forEach((name, schema) -> {
                if (all.put(name, schema) != null) {
                    throw OpenAiException.invalid(path,
                            "'" + path + "." + name + "' stands in '" + fields.path(Definitions.NOW) + "' too");
                }
            });
        }
        return all;
    }

    /** What generators of schemas write for {@code true}, Zod 4 among them. */
    private static boolean isAnything(JsonNode schema) {
        return schema.isObject() && schema.isEmpty();
    }

    private static String name(JsonNode node, String path) {
        if (!node.isString()) {
            throw OpenAiException.invalid(path, "'" + path + "' must be a list of names");
        }
        return node.stringValue();
    }

    private static Map<String, JsonSchemaElement> raw(JsonNode schemas, String path) {
        if (!schemas.isObject()) {
            throw OpenAiException.invalid(path, "'" + path + "' must be an object");
        }
        Map<String, JsonSchemaElement> elements = new LinkedHashMap<>();
        schemas.properties().forEach((entry) -> {
            JsonNode schema = entry.getValue();
            if (!schema.isObject() && !schema.isBoolean()) {
                String place = path + "." + entry.getKey();
                throw OpenAiException.invalid(place, "'" + place + "' must be a schema, an object or a boolean");
            }
            elements.put(entry.getKey(), JsonRawSchema.from(schema.isObject()
                    ? Definitions.referredAsOfToday(schema).toString() : schema.booleanValue() ? ANYTHING : NOTHING));
        });
        return elements;
    }

}
