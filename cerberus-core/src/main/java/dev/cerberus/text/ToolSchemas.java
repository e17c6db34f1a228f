package dev.cerberus.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * What is known of the arguments of tools. Immutable and thread-safe.
 */
final class ToolSchemas {

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
     * Returns an argument that was written without quotes: a text where the tool wants
     * one, or else what it is as JSON.
     */
    JsonNode argument(String tool, String key, String value) {
        JsonNode schema = this.schemas.get(tool);
        if (schema != null && schema.path("properties").path(key).path("type").asText().equals("string")) {
            return TextNode.valueOf(value);
        }
        try {
            JsonNode json = JsonText.read(value);
            return json.isMissingNode() ? TextNode.valueOf(value) : json;
        }
        catch (JsonProcessingException ex) {
            return TextNode.valueOf(value); // no JSON, so a text
        }
    }

}
