package dev.cerberus.text;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cerberus.template.Template;
import dev.cerberus.template.TemplateBudget;

/**
 * The arguments of a tool call as templates see them.
 *
 * <p>
 * Most templates want a dictionary ({@code arguments | tojson}), some add the arguments
 * to a text ({@code '…' + arguments}).
 */
final class ToolArguments {

    private static final Template TEXT = Template.parse("arguments", "{{ arguments | tojson }}");

    private ToolArguments() {
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
                return Objects.requireNonNull(JsonText.toPlain(node));
            }
        }
        catch (JsonProcessingException ex) {
            // A model may have written anything; the template gets to see it as it was.
        }
        return json;
    }

    /**
     * Reads arguments as text.
     * @param json what the model wrote
     * @return the arguments as templates write JSON, or the text itself if it is not a
     * JSON object
     */
    static String text(String json) {
        Object arguments = parse(json);
        if (arguments instanceof String text) {
            return text;
        }
        return written(arguments);
    }

    /** Returns a value as templates write JSON. */
    static String text(JsonNode value) {
        return written(Objects.requireNonNull(JsonText.toPlain(value)));
    }

    /** Returns plain values as templates write JSON. */
    static String written(Object value) {
        return TEXT.render(Map.of("arguments", value), ZonedDateTime.now(ZoneOffset.UTC), TemplateBudget.DEFAULT);
    }

}
