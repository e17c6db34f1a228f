package dev.cerberus.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.jspecify.annotations.Nullable;

/**
 * What reaches a chat template: plain texts, numbers, lists and maps, whatever the caller
 * gave, named as transformers names them.
 */
final class TemplateValues {

    private TemplateValues() {
    }

    /**
     * How a message is put.
     */
    enum Shape {

        /** The content as text, the arguments of calls as a map. */
        PLAIN,

        /** The arguments of calls as text. */
        TEXT_ARGUMENTS,

        /** The content as a list of one part, which has a type. */
        PARTS

    }

    /** Returns a message. */
    static Object plain(ChatMessage message, Shape shape) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        plain.put("role", message.role().wireName());
        plain.put("content", (shape == Shape.PARTS) ? parts(message) : message.content());
        if (message.name() != null) {
            plain.put("name", message.name());
        }
        if (message.toolCallId() != null) {
            plain.put("tool_call_id", message.toolCallId());
        }
        if (!message.toolCalls().isEmpty()) {
            List<Object> calls = new ArrayList<>();
            for (ChatMessage.ToolCall call : message.toolCalls()) {
                Map<String, Object> function = new LinkedHashMap<>();
                function.put("name", call.name());
                function.put("arguments", (shape == Shape.TEXT_ARGUMENTS) ? ToolArguments.text(call.argumentsJson())
                        : ToolArguments.parse(call.argumentsJson()));
                Map<String, Object> plainCall = new LinkedHashMap<>();
                plainCall.put("id", call.id());
                plainCall.put("type", "function");
                plainCall.put("function", function);
                calls.add(plainCall);
            }
            plain.put("tool_calls", calls);
        }
        return plain;
    }

    private static Object parts(ChatMessage message) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("type", "text");
        part.put("text", message.content());
        if (message.name() != null) {
            part.put("name", message.name());
        }
        return List.of(part);
    }

    /** Returns a tool as a function. */
    static Object plain(ToolDefinition tool) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        function.put("description", tool.description());
        try {
            function.put("parameters", JsonText.toPlain(JsonText.read(tool.parametersJson())));
        }
        catch (JsonProcessingException ex) {
            throw new IllegalStateException("a tool definition checks its JSON", ex);
        }
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        plain.put("type", "function");
        plain.put("function", function);
        return plain;
    }

    /** Returns a value with every text in it changed, keys included. */
    static @Nullable Object changed(@Nullable Object plain, UnaryOperator<String> change) {
        if (plain instanceof String text) {
            return change.apply(text);
        }
        if (plain instanceof List<?> list) {
            List<@Nullable Object> result = new ArrayList<>(list.size());
            list.forEach((element) -> result.add(changed(element, change)));
            return result;
        }
        if (plain instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            map.forEach((key, value) -> result.put(change.apply(String.valueOf(key)), changed(value, change)));
            return result;
        }
        return plain;
    }

    /**
     * Returns a variable.
     * @throws IllegalArgumentException if it is no text, number, boolean, list or map
     */
    static @Nullable Object plain(String key, Object value) {
        try {
            return JsonText.toPlain(JsonText.MAPPER.valueToTree(value));
        }
        catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("template variable '" + key
                    + "' must be a text, number, boolean, list or map, was a " + value.getClass().getName(), ex);
        }
    }

}
