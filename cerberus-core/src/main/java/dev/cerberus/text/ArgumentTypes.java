package dev.cerberus.text;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Which JSON types a schema allows, as far as that is easily told.
 */
final class ArgumentTypes {

    private static final Set<String> ALL = Set.of("null", "boolean", "integer", "number", "string", "object", "array");

    /** References in circles end here. */
    private static final int DEEPEST = 5;

    /** Of references to lists of references there may be very many. */
    private static final int MOST = 1000;

    private final JsonNode root;

    private int seen;

    private ArgumentTypes(JsonNode root) {
        this.root = root;
    }

    /**
     * Returns the types of the values that a schema may allow.
     * @param schema the schema; missing if nothing is known
     * @param root the schema that its references are to
     */
    static Set<String> of(JsonNode schema, JsonNode root) {
        return new ArgumentTypes(root).of(schema, 0);
    }

    /** Returns the narrowest type of a value. */
    static String of(JsonNode value) {
        return switch (value.getNodeType()) {
            case BOOLEAN -> "boolean";
            case NUMBER -> value.decimalValue().stripTrailingZeros().scale() <= 0 ? "integer" : "number";
            case STRING, BINARY -> "string";
            case OBJECT, POJO -> "object";
            case ARRAY -> "array";
            case NULL, MISSING -> "null";
        };
    }

    private Set<String> of(JsonNode schema, int depth) {
        Set<String> types = new HashSet<>(ALL);
        if (depth > DEEPEST || ++this.seen > MOST) {
            return types;
        }
        JsonNode type = schema.path("type");
        Set<String> named = new HashSet<>();
        (type.isArray() ? type : List.of(type)).forEach((each) -> named.add(each.asText()));
        if (named.contains("number")) {
            named.add("integer");
        }
        if (schema.has("type")) {
            types.retainAll(named);
        }
        if (schema.path("enum").isArray()) {
            Set<String> listed = new HashSet<>();
            schema.path("enum").forEach((each) -> listed.add(of(each)));
            types.retainAll(listed);
        }
        if (schema.has("const")) {
            types.retainAll(Set.of(of(schema.path("const"))));
        }
        String reference = schema.path("$ref").asText();
        if (reference.startsWith("#/")) {
            types.retainAll(of(this.root.at(reference.substring(1)), depth + 1));
        }
        schema.path("allOf").forEach((each) -> types.retainAll(of(each, depth + 1)));
        for (String keyword : new String[] { "anyOf", "oneOf" }) {
            if (schema.path(keyword).isArray()) {
                Set<String> any = new HashSet<>();
                schema.path(keyword).forEach((each) -> any.addAll(of(each, depth + 1)));
                types.retainAll(any);
            }
        }
        return types;
    }

}
