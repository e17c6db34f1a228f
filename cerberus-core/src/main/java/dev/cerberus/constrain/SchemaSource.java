package dev.cerberus.constrain;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * The text of a schema with the places of its parts. Confined to the thread that
 * compiles.
 */
final class SchemaSource {

    private static final int MAX_CHARACTERS = 4_000_000;

    private static final int DEEPEST = 200;

    /** What messages tell of where something stands. */
    private static final int LONGEST_PLACE = 300;

    private static final int LONGEST_SHOWN = 200;

    /** What has names or values below it that look like keywords. */
    private static final Set<String> VALUES = Set.of("properties", "enum", "const");

    private static final JsonMapper MAPPER = JsonMapper
        .builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build())
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();

    /** Keywords that say nothing about which values are valid. */
    private static final Set<String> SILENT = Set.of("title", "description", "default", "examples", "example",
            "$schema", "$id", "id", "$comment", "$anchor", "$defs", "definitions", "deprecated", "readOnly",
            "writeOnly", "contentMediaType", "contentEncoding", "contentSchema", "$vocabulary", "then", "else",
            "minContains", "maxContains");

    /** Keywords that are understood and can not be enforced. */
    private static final Set<String> REFUSED = Set.of("if", "dependentRequired", "dependentSchemas", "dependencies",
            "unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$dynamicAnchor", "$recursiveRef",
            "$recursiveAnchor");

    private final JsonNode root;

    private final boolean oldItems;

    private final IdentityHashMap<JsonNode, Place> places = new IdentityHashMap<>();

    private final Map<String, JsonNode> anchors = new HashMap<>();

    private @Nullable JsonNode innerId;

    private SchemaSource(JsonNode root) {
        this.root = root;
        String dialect = root.path("$schema").asText();
        this.oldItems = dialect.contains("draft-0") || dialect.contains("2019-09");
        place(root, new Place(null, "#"));
    }

    static SchemaSource read(String json) {
        if (json.length() > MAX_CHARACTERS) {
            throw new ConstraintException("the JSON schema has " + json.length() + " characters, more than "
                    + MAX_CHARACTERS + "; shorten it");
        }
        try {
            JsonNode root = MAPPER.readTree(json);
            if (!root.isObject() && !root.isBoolean()) {
                throw new ConstraintException("a JSON schema is an object or a boolean, was " + root.getNodeType());
            }
            return new SchemaSource(root);
        }
        catch (StreamConstraintsException ex) {
            throw new ConstraintException("the JSON schema is nested more than " + DEEPEST
                    + " deep, or has a number or a text that is far too long; make it simpler", ex);
        }
        catch (JsonProcessingException ex) {
            JsonLocation at = ex.getLocation();
            throw new ConstraintException("the JSON schema is not JSON that can be read: " + ex.getOriginalMessage()
                    + ((at != null) ? " at line " + at.getLineNr() + ", column " + at.getColumnNr() : ""), ex);
        }
    }

    /**
     * Where a part stands. Names of parts may be long and have many parts below, so that
     * they are put together for messages only.
     *
     * @param above the place of what it is a part of; null for the whole
     * @param step its name or index there
     */
    private record Place(@Nullable Place above, String step) {

        private void write(StringBuilder pointer) {
            if (this.above != null) {
                this.above.write(pointer);
                pointer.append('/');
            }
            int room = Math.max(0, LONGEST_PLACE + 1 - pointer.length());
            pointer.append(
                    this.step.substring(0, Math.min(room, this.step.length())).replace("~", "~0").replace("/", "~1"));
        }

        @Override
        public String toString() {
            StringBuilder pointer = new StringBuilder();
            write(pointer);
            return (pointer.length() <= LONGEST_PLACE) ? pointer.toString() : pointer.substring(0, LONGEST_PLACE) + "…";
        }

    }

    private void place(JsonNode node, Place place) {
        if (node.isObject()) {
            this.places.put(node, place);
            if (place.above() != null && !VALUES.contains(place.step()) && node.path("$id").isTextual()) {
                this.innerId = node;
            }
            if (node.path("$anchor").isTextual()) {
                this.anchors.put(node.get("$anchor").textValue(), node);
            }
            node.properties()
                .stream()
                .filter((entry) -> entry.getValue().isContainerNode())
                .forEach((entry) -> place(entry.getValue(), new Place(place, entry.getKey())));
        }
        else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                if (node.get(i).isContainerNode()) {
                    place(node.get(i), new Place(place, String.valueOf(i)));
                }
            }
        }
    }

    JsonNode root() {
        return this.root;
    }

    /** Returns where a part of the schema stands, as a JSON pointer. */
    String place(@Nullable JsonNode node) {
        Place place = this.places.get(node);
        return (place != null) ? place.toString() : "#";
    }

    /** Returns what messages show of a value, which may be as long as the schema. */
    static String shown(Object value) {
        String text = value.toString();
        return (text.length() <= LONGEST_SHOWN) ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }

    ConstraintException refuse(JsonNode schema, String problem) {
        return new ConstraintException("the JSON schema can not be enforced: " + problem + " at " + place(schema));
    }

    /** Refuses keywords that would not be enforced, wherever instances have any type. */
    void requireSupport(JsonNode schema) {
        for (Map.Entry<String, JsonNode> entry : schema.properties()) {
            String keyword = entry.getKey();
            if (REFUSED.contains(keyword)) {
                throw refuse(schema, "the keyword '" + keyword + "' is not supported");
            }
            if (!SILENT.contains(keyword) && !keyword.equals("not")) {
                requireForm(schema, keyword, entry.getValue());
            }
        }
    }

    private void requireForm(JsonNode schema, String keyword, JsonNode value) {
        boolean valid = switch (keyword) {
            case "type" -> value.isTextual() || value.isArray();
            case "properties", "patternProperties" -> value.isObject();
            case "required", "enum", "prefixItems" -> value.isArray();
            case "allOf", "anyOf", "oneOf" -> value.isArray() && !value.isEmpty();
            case "additionalProperties", "additionalItems", "propertyNames", "contains" ->
                value.isObject() || value.isBoolean();
            case "items" -> value.isObject() || value.isBoolean() || value.isArray();
            case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties" -> value.isNumber()
                    && value.decimalValue().signum() >= 0 && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "minimum", "maximum", "multipleOf" -> value.isNumber();
            case "exclusiveMinimum", "exclusiveMaximum" -> value.isNumber() || value.isBoolean();
            case "pattern", "format", "$ref" -> value.isTextual();
            case "uniqueItems" -> value.isBoolean();
            default -> true;
        };
        if (!valid) {
            throw refuse(schema,
                    "the keyword '" + keyword + "' has the value " + shown(value) + ", which it can not have,");
        }
    }

    /** Returns the schemas of the first items. */
    List<JsonNode> prefix(JsonNode schema) {
        JsonNode prefix = (schema.path("items").isArray() && (this.oldItems || !schema.has("prefixItems")))
                ? schema.get("items") : schema.path("prefixItems");
        List<JsonNode> items = new ArrayList<>();
        prefix.forEach(items::add);
        return items;
    }

    /** Returns the schema of the items after the first ones, if there is one. */
    @Nullable JsonNode items(JsonNode schema) {
        return schema.path("items").isArray() ? schema.get("additionalItems") : schema.get("items");
    }

    /** Returns what a reference refers to. */
    JsonNode resolve(JsonNode schema) {
        if (this.innerId != null) {
            throw refuse(this.innerId, "'$id' below the root is not supported where '$ref' is used,");
        }
        String reference = schema.get("$ref").textValue();
        String id = this.root.path("$id").asText();
        String local = (!id.isEmpty() && reference.startsWith(id + "#")) ? reference.substring(id.length()) : reference;
        JsonNode target = null;
        if (local.equals("#") || (!id.isEmpty() && local.equals(id))) {
            target = this.root;
        }
        else if (local.startsWith("#/")) {
            target = this.root;
            for (String step : local.substring(2).split("/", -1)) {
                String name = decoded(step);
                target = target.isArray() && name.matches("[0-9]{1,6}") ? target.path(Integer.parseInt(name))
                        : target.path(name);
            }
        }
        else if (local.startsWith("#")) {
            target = this.anchors.get(local.substring(1));
        }
        if (target == null || !(target.isObject() || target.isBoolean())) {
            throw refuse(schema, "the reference '" + shown(reference) + "' leads to no schema in the same document");
        }
        return target;
    }

    private static String decoded(String step) {
        String plain = step;
        if (step.indexOf('%') >= 0) {
            try {
                plain = URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
            }
            catch (IllegalArgumentException ex) {
                plain = step; // a percent sign that encodes nothing
            }
        }
        return plain.replace("~1", "/").replace("~0", "~");
    }

}
