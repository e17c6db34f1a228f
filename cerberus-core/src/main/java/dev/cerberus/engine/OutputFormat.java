package dev.cerberus.engine;

import java.util.List;
import java.util.Optional;

import dev.cerberus.constrain.JsonLayout;
import dev.cerberus.constrain.SchemaOptions;
import dev.cerberus.text.ToolDefinition;

/**
 * What an answer must look like. It is enforced: no token is chosen that leads elsewhere.
 * Immutable and thread-safe.
 */
public sealed interface OutputFormat {

    /** Any JSON object. */
    OutputFormat JSON_OBJECT = new JsonSchema("{\"type\":\"object\"}");

    /**
     * JSON that fulfils a schema.
     *
     * @param schema the JSON schema
     * @param options how it is written
     */
    record JsonSchema(String schema, SchemaOptions options) implements OutputFormat {

        /**
         * Creates a format that is written as models know it.
         * @param schema the JSON schema
         */
        public JsonSchema(String schema) {
            this(schema, SchemaOptions.DEFAULT);
        }

        /**
         * Returns this format with other blanks.
         * @param layout where blanks stand
         * @return the format
         */
        public JsonSchema with(JsonLayout layout) {
            return new JsonSchema(this.schema, new SchemaOptions(layout, this.options.anyOrder(), this.options.open()));
        }

    }

    /**
     * Text that a regular expression matches as a whole.
     *
     * @param pattern the expression, in the regular part of ECMA-262's syntax
     */
    record Regex(String pattern) implements OutputFormat {
    }

    /**
     * Text in which every tool call names a tool and fits its parameters, in the form
     * that the model's chat template writes.
     *
     * @param tools the tools, at least one, each with a name of its own
     * @param required whether the answer is calls and nothing else
     * @param parallel whether an answer may have several calls, at most
     * {@link #MOST_CALLS} at a stretch; else it ends after the first
     * @param otherwise what an answer without calls must look like; empty for any text
     */
    record ToolCalls(List<ToolDefinition> tools, boolean required, boolean parallel,
            Optional<OutputFormat> otherwise) implements OutputFormat {

        /**
         * The most calls one after the other. A model that only may call would otherwise
         * call until its tokens run out.
         */
        public static final int MOST_CALLS = 8;

        /**
         * Creates a format of answers that may have several calls.
         * @param tools the tools, at least one, each with a name of its own
         * @param required whether the answer is calls and nothing else
         * @param otherwise what an answer without calls must look like; empty for any
         * text
         */
        public ToolCalls(List<ToolDefinition> tools, boolean required, Optional<OutputFormat> otherwise) {
            this(tools, required, true, otherwise);
        }

        /**
         * Checks the tools.
         */
        public ToolCalls {
            tools = List.copyOf(tools);
            if (tools.isEmpty()) {
                throw new IllegalArgumentException("tool calls need at least one tool");
            }
            List<String> names = tools.stream().map(ToolDefinition::name).toList();
            names.stream()
                .filter((name) -> names.indexOf(name) != names.lastIndexOf(name))
                .findFirst()
                .ifPresent((name) -> {
                    throw new IllegalArgumentException("two tools have the name '" + name + "'; rename one");
                });
        }

    }

}
