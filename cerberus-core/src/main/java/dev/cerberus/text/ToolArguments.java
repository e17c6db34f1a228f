package dev.cerberus.text;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a tool call as templates see them: a dictionary that reads as JSON
 * where text is expected.
 *
 * <p>
 * Most templates want a dictionary ({@code arguments | tojson}), some add the arguments
 * to a text ({@code '…' + arguments}). With this both work.
 */
final class ToolArguments extends LinkedHashMap<String, @Nullable Object> {

    private static final long serialVersionUID = 1L;

    ToolArguments(Map<String, @Nullable Object> arguments) {
        super(arguments);
    }

    /**
     * Reads arguments.
     * @param json what the model wrote
     * @return the arguments, or the text itself if it is not a JSON object
     */
    static Object parse(String json) {
        try {
            JsonNode node = JsonText.read(json);
            if (node.isObject()) {
                Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
                node.properties().forEach((each) -> arguments.put(each.getKey(), JsonText.toPlain(each.getValue())));
                return new ToolArguments(arguments);
            }
        }
        catch (JsonProcessingException ex) {
            // A model may have written anything; the template gets to see it as it was.
        }
        return json;
    }

    @Override
    public String toString() {
        return PythonValues.json(this);
    }

}
