package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Which JSON types and listed values some schemas leave together.
 *
 * @param types the types
 * @param integer whether numbers are integers
 * @param values the values that are listed, if any schema lists them
 */
record SchemaTypes(Set<SchemaValue.Type> types, boolean integer, Optional<List<JsonNode>> values) {

    static SchemaTypes of(List<JsonNode> schemas, SchemaSource source) {
        Set<SchemaValue.Type> types = EnumSet.allOf(SchemaValue.Type.class);
        boolean integer = false;
        List<JsonNode> values = null;
        for (JsonNode schema : schemas) {
            JsonNode type = schema.get("type");
            if (type != null) {
                Set<SchemaValue.Type> own = EnumSet.noneOf(SchemaValue.Type.class);
                integer |= addTypes(type, own, schema, source);
                types.retainAll(own);
            }
            JsonNode not = schema.get("not");
            if (not != null) {
                types.removeAll(excluded(not, schema, source));
            }
            for (String keyword : List.of("enum", "const")) {
                if (schema.has(keyword)) {
                    List<JsonNode> own = new ArrayList<>();
                    if (keyword.equals("enum")) {
                        schema.get(keyword).forEach(own::add);
                    }
                    else {
                        own.add(schema.get(keyword));
                    }
                    values = (values == null) ? distinct(own) : common(values, own);
                }
            }
        }
        boolean whole = integer;
        Optional<List<JsonNode>> listed = Optional.ofNullable(values)
            .map((all) -> all.stream()
                .filter((value) -> types.contains(SchemaValue.Type.of(value)))
                .filter((value) -> !whole || !value.isNumber() || isInteger(value))
                .toList());
        return new SchemaTypes(types, integer, listed);
    }

    private static boolean addTypes(JsonNode type, Set<SchemaValue.Type> types, JsonNode schema, SchemaSource source) {
        List<String> names = new ArrayList<>();
        if (type.isTextual()) {
            names.add(type.textValue());
        }
        type.forEach((each) -> names.add(each.asText()));
        for (String name : names) {
            types.add(switch (name) {
                case "null" -> SchemaValue.Type.NULL;
                case "boolean" -> SchemaValue.Type.BOOLEAN;
                case "integer", "number" -> SchemaValue.Type.NUMBER;
                case "string" -> SchemaValue.Type.STRING;
                case "object" -> SchemaValue.Type.OBJECT;
                case "array" -> SchemaValue.Type.ARRAY;
                default -> throw source.refuse(schema, "there is no type '" + SchemaSource.shown(name) + "'");
            });
        }
        return names.contains("integer") && !names.contains("number");
    }

    private static Set<SchemaValue.Type> excluded(JsonNode not, JsonNode schema, SchemaSource source) {
        if (not.isBoolean() || (not.isObject() && not.isEmpty())) {
            return (not.isBoolean() && !not.booleanValue()) ? EnumSet.noneOf(SchemaValue.Type.class)
                    : EnumSet.allOf(SchemaValue.Type.class);
        }
        Set<SchemaValue.Type> types = EnumSet.noneOf(SchemaValue.Type.class);
        if (not.size() != 1 || !not.has("type") || addTypes(not.get("type"), types, schema, source)) {
            throw source.refuse(schema, "the keyword 'not' is supported for nothing but 'type' (integer excepted)");
        }
        return types;
    }

    private static boolean isInteger(JsonNode value) {
        return value.decimalValue().stripTrailingZeros().scale() <= 0;
    }

    private static List<JsonNode> distinct(List<JsonNode> values) {
        Set<String> seen = new HashSet<>();
        return values.stream().filter((value) -> seen.add(key(value))).toList();
    }

    static List<JsonNode> common(List<JsonNode> one, List<JsonNode> other) {
        Set<String> keys = new HashSet<>();
        other.forEach((value) -> keys.add(key(value)));
        return one.stream().filter((value) -> keys.contains(key(value))).toList();
    }

    /** Returns a text that equal values have in common, whatever the order of names. */
    static String key(JsonNode value) {
        if (value.isObject()) {
            List<String> parts = new ArrayList<>();
            value.properties()
                .forEach((entry) -> parts.add(JsonTexts.string(entry.getKey()) + ":" + key(entry.getValue())));
            return "{" + String.join(",", parts.stream().sorted().toList()) + "}";
        }
        if (value.isArray()) {
            List<String> parts = new ArrayList<>();
            value.forEach((element) -> parts.add(key(element)));
            return "[" + String.join(",", parts) + "]";
        }
        return JsonTexts.write(value, JsonLayout.COMPACT);
    }

}
