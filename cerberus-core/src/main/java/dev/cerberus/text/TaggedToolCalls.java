package dev.cerberus.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Calls whose every argument stands between tags. Immutable and thread-safe.
 *
 * @param start what stands before the name
 * @param beforeKey what stands before every key
 * @param beforeValue what stands between a key and its value
 * @param afterValue what ends a value
 * @param end what stands at the end of the call
 */
record TaggedToolCalls(String start, String beforeKey, String beforeValue, String afterValue,
        String end) implements ToolCallSyntax {

    private static final Pattern NAME = Pattern.compile("\\s*([\\w.-]{1,128})");

    @Override
    public List<String> markers() {
        return List.of(this.start, this.beforeKey, this.beforeValue, this.afterValue, this.end)
            .stream()
            .filter((marker) -> !marker.isEmpty())
            .toList();
    }

    @Override
    public Reading read(CharSequence text, boolean ended, ToolSchemas tools) {
        String all = text.toString();
        int end = all.indexOf(this.end, this.start.length());
        if (end < 0) {
            return ended ? new Reading.Text(all.length()) : Reading.Uncertain.INSTANCE;
        }
        int length = end + this.end.length();
        String body = all.substring(this.start.length(), end);
        Matcher named = NAME.matcher(body);
        if (!named.lookingAt()) {
            return new Reading.Text(length);
        }
        String name = named.group(1);
        ObjectNode arguments = JsonText.MAPPER.createObjectNode();
        int at = body.indexOf(this.beforeKey, named.end());
        while (at >= 0) {
            int key = at + this.beforeKey.length();
            int keyEnd = body.indexOf(this.beforeValue, key);
            int value = keyEnd + this.beforeValue.length();
            int valueEnd = (keyEnd < 0) ? -1 : body.indexOf(this.afterValue, value);
            if (valueEnd < 0) {
                return new Reading.Text(length);
            }
            String argument = body.substring(key, keyEnd).strip();
            arguments.set(argument, tools.argument(name, argument, trimmed(body.substring(value, valueEnd))));
            at = body.indexOf(this.beforeKey, valueEnd + this.afterValue.length());
        }
        return tools.accepts(name, arguments)
                ? new Reading.Calls(List.of(new ChatMessage.ToolCall("", name, arguments.toString())), length)
                : new Reading.Text(length);
    }

    /** One line break at either end belongs to the tags. */
    private static String trimmed(String value) {
        int from = value.startsWith("\n") ? 1 : 0;
        int to = (value.endsWith("\n") && value.length() > from) ? value.length() - 1 : value.length();
        return value.substring(from, to);
    }

}
