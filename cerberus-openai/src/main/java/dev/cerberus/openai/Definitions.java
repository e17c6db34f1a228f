package dev.cerberus.openai;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schemas of other names under the name of today: what JSON Schema calls {@code $defs}
 * was {@code definitions} up to draft 7, as many generators of schemas write it.
 */
final class Definitions {

    /** The name of today. */
    static final String NOW = "$defs";

    /** The name up to draft 7. */
    static final String BEFORE = "definitions";

    /** What refers to one. */
    static final String REFERENCE = "$ref";

    private static final String OLD_PLACE = "#/" + BEFORE + "/";

    /** Keywords whose values are schemas by names that anybody may choose. */
    private static final Set<String> SCHEMAS_BY_NAME = Set.of("properties", "patternProperties", "dependentSchemas",
            "dependencies", NOW, BEFORE);

    /** Keywords whose values are data. */
    private static final Set<String> DATA = Set.of("const", "enum", "default", "example", "examples");

    private Definitions() {
    }

    /**
     * Points the references in a schema to where definitions stand today.
     * @param schema the schema; a boolean one has no references
     * @return the same, or a copy with other references
     */
    static JsonNode referredAsOfToday(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            ObjectNode copy = Json.object();
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                copy.set(entry.getKey(), value(entry.getKey(), entry.getValue()));
            }
            return copy;
        }
        if (schema instanceof ArrayNode schemas) {
            ArrayNode copy = Json.object().arrayNode();
            schemas.forEach((each) -> copy.add(referredAsOfToday(each)));
            return copy;
        }
        return schema;
    }

    /**
     * Finds a definition, under either name.
     * @param schema the schema that has it
     * @param reference what refers to it, such as {@code #/$defs/place}
     * @return the definition; empty unless there is one that is an object
     */
    static Optional<ObjectNode> find(ObjectNode schema, String reference) {
        for (String keyword : List.of(NOW, BEFORE)) {
            String place = "#/" + keyword + "/";
            if (reference.startsWith(place) && schema.get(keyword) instanceof ObjectNode byName) {
                String name = decoded(reference.substring(place.length()));
                return (byName.get(name) instanceof ObjectNode found) ? Optional.of(found) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** A reference is a part of an address, which the name is written for twice. */
    private static String decoded(String step) {
        String plain = step;
        try {
            plain = URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
        catch (IllegalArgumentException ex) {
            // a percent sign that encodes nothing
        }
        return plain.replace("~1", "/").replace("~0", "~");
    }

    private static JsonNode value(String keyword, JsonNode value) {
        if (keyword.equals(REFERENCE) && value.isString() && value.stringValue().startsWith(OLD_PLACE)) {
            String place = "#/" + NOW + "/" + value.stringValue().substring(OLD_PLACE.length());
            return Json.object().stringNode(place);
        }
        if (DATA.contains(keyword)) {
            return value;
        }
        if (SCHEMAS_BY_NAME.contains(keyword) && value instanceof ObjectNode byName) {
            ObjectNode copy = Json.object();
            byName.properties().forEach((entry) -> copy.set(entry.getKey(), referredAsOfToday(entry.getValue())));
            return copy;
        }
        return referredAsOfToday(value);
    }

}
