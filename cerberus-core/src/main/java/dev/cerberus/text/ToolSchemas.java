package dev.cerberus.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * What is known of the arguments of tools. Immutable and thread-safe.
 */
final class ToolSchemas {

    private static final Pattern WORD = Pattern.compile("[\\w.-]{1,128}");

    private final Map<String, JsonNode> schemas = new HashMap<>();

    ToolSchemas(List<ToolDefinition> tools) {
        for (ToolDefinition tool : tools) {
            try {
                this.schemas.put(tool.name(), JsonText.read(tool.parametersJson()));
            }
            catch (JsonProcessingException ex) {
                throw new IllegalStateException("a tool definition checks its JSON", ex);
            }
        }
    }

    /** Returns whether there is a tool of that name. */
    boolean knows(String tool) {
        return this.schemas.containsKey(tool);
    }

    /**
     * Returns whether a call has what its tool requires; a tool not known asks nothing.
     */
    boolean accepts(String tool, JsonNode arguments) {
        JsonNode schema = this.schemas.get(tool);
        if (schema == null) {
            return true;
        }
        for (JsonNode name : schema.path("required")) {
            if (!arguments.has(name.asText())) {
                return false;
            }
        }
        return true;
    }

    /**
     * A name that stands in a text.
     *
     * @param text the name, empty if there is none
     * @param end where it ends
     * @param mayGoOn whether more text could make it another one
     */
    record Name(String text, int end, boolean mayGoOn) {

        boolean isThere() {
            return !this.text.isEmpty();
        }

    }

    /**
     * Returns the name at a place: the longest of a tool, or else what looks like one.
     */
    Name nameAt(CharSequence text, int at) {
        String known = "";
        boolean mayGoOn = at == text.length();
        for (String name : this.schemas.keySet()) {
            JsonScan.Look look = JsonScan.look(text, at, name);
            if (look == JsonScan.Look.THERE && name.length() > known.length()) {
                known = name;
            }
            mayGoOn |= look == JsonScan.Look.PERHAPS;
        }
        Matcher word = WORD.matcher(text).region(Math.min(at, text.length()), text.length());
        String found = (word.lookingAt() && word.group().length() > known.length()) ? word.group() : known;
        return new Name(found, at + found.length(), mayGoOn || at + found.length() == text.length());
    }

    /**
     * Returns an argument that was written without quotes: a text where the tool wants
     * one, or takes one and not what it is as JSON, or else that.
     */
    JsonNode argument(String tool, String key, String value) {
        JsonNode schema = this.schemas.getOrDefault(tool, JsonText.MAPPER.createObjectNode());
        JsonNode wanted = schema.path("properties").path(key);
        if (wanted.path("type").asText().equals("string")) {
            return TextNode.valueOf(value);
        }
        try {
            JsonNode json = JsonText.read(value);
            return (json.isMissingNode() || isTextOnly(json, ArgumentTypes.of(wanted, schema)))
                    ? TextNode.valueOf(value) : json;
        }
        catch (JsonProcessingException ex) {
            return TextNode.valueOf(value); // no JSON, so a text
        }
    }

    private static boolean isTextOnly(JsonNode json, Set<String> types) {
        return types.contains("string") && !types.contains(ArgumentTypes.of(json));
    }

}
