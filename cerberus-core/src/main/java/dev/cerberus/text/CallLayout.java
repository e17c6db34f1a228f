package dev.cerberus.text;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * The text of calls of tools, letter by letter, as a model has seen it in training.
 * Immutable and thread-safe.
 *
 * @param marker what tells calls from text, a part of {@code open} and the first call;
 * empty if calls are the whole answer and begin with a bracket
 * @param lead blanks that stand between the prompt and calls that are the whole answer
 * @param open what stands before the first call
 * @param call the parts of one call
 * @param between what stands between two calls
 * @param close what stands after the last call
 * @param parallel whether one answer may hold several calls
 * @param jsonName whether the name is written as a JSON string
 * @param tags what stands around single arguments; empty if they are a JSON object
 * @param spaced whether blanks stand after commas and colons of JSON
 */
public record CallLayout(String marker, String lead, String open, List<Part> call, String between, String close,
        boolean parallel, boolean jsonName, Optional<Tags> tags, boolean spaced) {

    /** The convention of the Hermes and Qwen templates. */
    static final CallLayout HERMES = json("<tool_call>", "<tool_call>\n", "", "\n", "", "\n</tool_call>", "arguments");

    /**
     * Copies the list.
     */
    public CallLayout {
        call = List.copyOf(call);
    }

    /** Returns the layout of calls that are JSON objects. */
    static CallLayout json(String marker, String before, String open, String between, String close, String after,
            String argumentsKey) {
        return new CallLayout(marker, "", open, List.of(new Part.Text(before + "{\"name\": \""), Part.Hole.NAME,
                new Part.Text("\", \"" + argumentsKey + "\": "), Part.Hole.ARGUMENTS, new Part.Text("}" + after)),
                between, close, true, true, Optional.empty(), true);
    }

    /**
     * A part of a call.
     */
    public sealed interface Part {

        /**
         * A fixed text.
         *
         * @param text the text, not empty
         */
        record Text(String text) implements Part {
        }

        /**
         * What differs from call to call.
         */
        enum Hole implements Part {

            /** The tool's name. */
            NAME,

            /** The arguments. */
            ARGUMENTS,

            /** The call's id: nine letters and digits. */
            ID,

            /** The number of the call, which with the name is its id. */
            NUMBER

        }

    }

    /**
     * What stands around an argument.
     *
     * @param beforeKey what stands before its name
     * @param beforeValue what stands between name and value
     * @param afterValue what ends the value
     */
    public record Tags(String beforeKey, String beforeValue, String afterValue) {
    }

    /** Returns the text with which the first call of an answer begins. */
    String head() {
        return this.open + ((this.call.get(0) instanceof Part.Text text) ? text.text() : "");
    }

    /** Returns what stands after the arguments and the id of a call. */
    String tail() {
        return (this.call.get(this.call.size() - 1) instanceof Part.Text text) ? text.text() : "";
    }

    /**
     * Returns what stands between the ends of one call and the first hole of the next.
     */
    String toNext() {
        return this.between + this.head().substring(this.open.length());
    }

    /** Returns whether calls say their ids. */
    boolean writesIds() {
        return this.call.contains(Part.Hole.ID) || isNumbered();
    }

    /** Returns the text before a hole, within the call. */
    String before(Part.Hole hole) {
        int at = this.call.indexOf(hole);
        return (at > 0 && this.call.get(at - 1) instanceof Part.Text text) ? text.text() : "";
    }

    /** Returns whether the call's number stands for its id. */
    boolean isNumbered() {
        return this.call.contains(Part.Hole.NUMBER);
    }

    /** Writes calls as the model would. */
    String write(List<ChatMessage.ToolCall> calls) {
        StringBuilder text = new StringBuilder(this.open);
        for (int i = 0; i < calls.size(); i++) {
            text.append((i > 0) ? this.between : "");
            write(calls.get(i), i, text);
        }
        return text.append(this.close).toString();
    }

    private void write(ChatMessage.ToolCall call, int index, StringBuilder text) {
        for (Part part : this.call) {
            if (part instanceof Part.Text fixed) {
                text.append(fixed.text());
                continue;
            }
            switch ((Part.Hole) part) {
                case NAME -> text.append(this.jsonName ? inString(call.name()) : call.name());
                case ARGUMENTS -> arguments(call, text);
                case ID -> text.append(ToolCallIds.of(call.id()));
                case NUMBER -> text.append(ToolCallIds.number(call.id()).orElse(index));
            }
        }
    }

    private void arguments(ChatMessage.ToolCall call, StringBuilder text) {
        if (this.tags.isEmpty()) {
            text.append(this.spaced ? ToolArguments.text(call.argumentsJson()) : call.argumentsJson());
            return;
        }
        Tags around = this.tags.get();
        for (Map.Entry<String, JsonNode> argument : object(call).properties()) {
            JsonNode value = argument.getValue();
            text.append(around.beforeKey())
                .append(argument.getKey())
                .append(around.beforeValue())
                .append(value.isTextual() ? value.textValue()
                        : value.isContainerNode() ? ToolArguments.text(value) : value.toString())
                .append(around.afterValue());
        }
    }

    private static JsonNode object(ChatMessage.ToolCall call) {
        try {
            return JsonText.read(call.argumentsJson());
        }
        catch (JsonProcessingException ex) {
            return JsonText.MAPPER.createObjectNode(); // what is no JSON has no arguments
        }
    }

    private static String inString(String name) {
        String quoted = JsonText.MAPPER.getNodeFactory().textNode(name).toString();
        return quoted.substring(1, quoted.length() - 1);
    }

}
