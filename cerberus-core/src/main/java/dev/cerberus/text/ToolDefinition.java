package dev.cerberus.text;

import java.util.Objects;

import com.fasterxml.jackson.core.JsonProcessingException;

/**
 * A function the model may ask the application to call.
 *
 * @param name the function's name, not blank
 * @param description what the function does, for the model; may be empty
 * @param parametersJson the JSON schema of the arguments, a JSON object
 * @param strict whether a request is refused where the schema can not be enforced; else
 * arguments are then held to be JSON only
 */
public record ToolDefinition(String name, String description, String parametersJson, boolean strict) {

    /**
     * Checks the components.
     * @throws IllegalArgumentException if the name is blank or the parameters are not a
     * JSON object
     */
    public ToolDefinition {
        Objects.requireNonNull(description, "description");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name of a tool must not be blank");
        }
        try {
            if (!JsonText.read(parametersJson).isObject()) {
                throw new IllegalArgumentException("parametersJson of tool '" + name
                        + "' must be a JSON object (the schema of its arguments), was: " + parametersJson);
            }
        }
        catch (JsonProcessingException ex) {
            throw new IllegalArgumentException(
                    "parametersJson of tool '" + name + "' must be JSON: " + ex.getOriginalMessage(), ex);
        }
    }

    /**
     * Creates a tool that is not strict.
     * @param name the function's name, not blank
     * @param description what the function does, for the model; may be empty
     * @param parametersJson the JSON schema of the arguments, a JSON object
     */
    public ToolDefinition(String name, String description, String parametersJson) {
        this(name, description, parametersJson, false);
    }

}
