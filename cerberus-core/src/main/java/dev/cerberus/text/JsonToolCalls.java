package dev.cerberus.text;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import org.jspecify.annotations.Nullable;

/**
 * Calls written as JSON objects with name and arguments, or as a list of such, with or
 * without a marker before and after. Immutable and thread-safe.
 *
 * @param start what stands before the JSON; empty if nothing does
 * @param end what stands after it; empty if nothing does
 * @param wrapper the key under which name and arguments stand, if not at the top
 * @param nameKey the key of the name
 * @param idKey the key of the id, which stands at the top, if calls say theirs
 */
record JsonToolCalls(String start, String end, Optional<String> wrapper, String nameKey,
        Optional<String> idKey) implements ToolCallSyntax {

    /**
     * The convention of the Hermes and Qwen templates, which is also taken for that of
     * models whose template says nothing about calls.
     */
    static final JsonToolCalls HERMES = new JsonToolCalls("<tool_call>", "</tool_call>", Optional.empty(), "name",
            Optional.empty());

    /** Models write one of them for another, whatever their template shows. */
    private static final List<String> ARGUMENT_KEYS = List.of("arguments", "parameters", "args", "input");

    /** What a call may say beside its name. */
    private static final Set<String> HARMLESS_KEYS = Set.of("name", "id", "type", "index", "description");

    @Override
    public List<String> markers() {
        return Stream.of(this.start, this.end).filter((marker) -> !marker.isEmpty()).toList();
    }

    @Override
    public Reading read(CharSequence text, boolean ended, ToolSchemas tools) {
        int begin = JsonScan.skipBlanks(text, this.start.length());
        if (begin == text.length()) {
            return ended ? new Reading.Text(text.length()) : Reading.Uncertain.INSTANCE;
        }
        if (!JsonScan.beginsAt(text, begin)) {
            return noCall(text, ended);
        }
        int end = endOfAll(text, begin);
        if (end > text.length()) {
            return ended ? new Reading.Text(text.length()) : Reading.Uncertain.INSTANCE;
        }
        int after = end;
        if (!this.end.isEmpty()) {
            int marker = JsonScan.skipBlanks(text, end);
            JsonScan.Look look = JsonScan.look(text, marker, this.end);
            if (look == JsonScan.Look.MISSING) {
                return noCall(text, ended);
            }
            if (look == JsonScan.Look.PERHAPS && !ended) {
                return Reading.Uncertain.INSTANCE;
            }
            after = Math.min(text.length(), marker + this.end.length());
        }
        List<ChatMessage.ToolCall> calls = calls(text.subSequence(begin, end).toString(), tools);
        return calls.isEmpty() ? new Reading.Text(after) : new Reading.Calls(calls, after);
    }

    /** Returns the place after values that follow each other, where an end is marked. */
    private int endOfAll(CharSequence text, int begin) {
        int end = JsonScan.end(text, begin);
        while (!this.end.isEmpty() && end <= text.length() && JsonScan.beginsAt(text, JsonScan.skipBlanks(text, end))) {
            end = JsonScan.end(text, JsonScan.skipBlanks(text, end));
        }
        return end;
    }

    /** Up to the end marker everything is text. */
    private Reading noCall(CharSequence text, boolean ended) {
        if (this.end.isEmpty()) {
            return new Reading.Text(Math.max(1, this.start.length()));
        }
        int at = text.toString().indexOf(this.end);
        if (at < 0) {
            return ended ? new Reading.Text(text.length()) : Reading.Uncertain.INSTANCE;
        }
        return new Reading.Text(at + this.end.length());
    }

    private List<ChatMessage.ToolCall> calls(String json, ToolSchemas tools) {
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        try (MappingIterator<JsonNode> values = JsonText.MAPPER.readerFor(JsonNode.class).readValues(json)) {
            while (values.hasNextValue()) {
                JsonNode value = values.nextValue();
                for (JsonNode each : value.isArray() ? value : List.of(value)) {
                    ChatMessage.ToolCall call = call(each, tools);
                    if (call == null) {
                        return List.of();
                    }
                    calls.add(call);
                }
            }
            return calls;
        }
        catch (IOException ex) {
            return List.of(); // the answer's own text
        }
    }

    private ChatMessage.@Nullable ToolCall call(JsonNode outer, ToolSchemas tools) {
        JsonNode call = this.wrapper.map(outer::path).orElse(outer);
        JsonNode arguments = JsonText.MAPPER.createObjectNode();
        boolean found = false;
        for (String key : ARGUMENT_KEYS) {
            if (!found && call.has(key)) {
                arguments = object(call.get(key));
                found = true;
            }
        }
        boolean lost = !found && call.properties().stream().anyMatch((field) -> !isHarmless(field.getKey()));
        String name = call.path(this.nameKey).asText();
        // without a marker an answer of JSON may have a name of its own
        boolean meant = !this.start.isEmpty() || tools.knows(name);
        if (name.isEmpty() || !meant || lost || !arguments.isObject() || !tools.accepts(name, arguments)) {
            return null;
        }
        return new ChatMessage.ToolCall(this.idKey.map((key) -> outer.path(key).asText()).orElse(""), name,
                arguments.toString());
    }

    private boolean isHarmless(String key) {
        return HARMLESS_KEYS.contains(key) || key.equals(this.nameKey) || this.idKey.filter(key::equals).isPresent();
    }

    /** Some write the arguments as a text that holds JSON. */
    private static JsonNode object(JsonNode arguments) {
        if (!arguments.isTextual()) {
            return arguments;
        }
        try {
            return JsonText.read(arguments.textValue());
        }
        catch (JsonProcessingException ex) {
            return arguments;
        }
    }

}
