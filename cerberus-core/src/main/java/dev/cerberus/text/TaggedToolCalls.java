package dev.cerberus.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Calls whose every argument stands between tags. Immutable and thread-safe.
 *
 * @param start what stands before the first name
 * @param beforeKey what stands before every key
 * @param beforeValue what stands between a key and its value
 * @param afterValue what ends a value
 * @param end what stands at the end of every call
 * @param next what stands between the end of a call and the name of the next
 * @param close what stands after the last call; empty if nothing does
 */
record TaggedToolCalls(String start, String beforeKey, String beforeValue, String afterValue, String end, String next,
        String close) implements ToolCallSyntax {

    /** Returns the syntax of calls that are written in a layout with tags. */
    static TaggedToolCalls of(CallLayout layout) {
        CallLayout.Tags tags = layout.tags().orElseThrow();
        return new TaggedToolCalls(layout.marker(), tags.beforeKey().strip(), tags.beforeValue().strip(),
                tags.afterValue().strip(), layout.tail().strip(), layout.parallel() ? layout.toNext().strip() : "",
                layout.close().strip());
    }

    @Override
    public List<String> markers() {
        return Stream.of(this.start, this.beforeKey, this.beforeValue, this.afterValue, this.end, this.next, this.close)
            .filter((marker) -> !marker.isEmpty())
            .toList();
    }

    @Override
    public Reading read(CharSequence text, boolean ended, ToolSchemas tools) {
        String all = text.toString();
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        int at = this.start.length();
        while (true) {
            int end = end(all, at, ended);
            if (end < 0 && !ended) {
                return Reading.Uncertain.INSTANCE;
            }
            if (end < 0) {
                return calls.isEmpty() ? new Reading.Text(all.length()) : new Reading.Calls(calls, at);
            }
            Optional<ChatMessage.ToolCall> call = call(all.substring(at, end), tools);
            if (call.isEmpty()) {
                return calls.isEmpty() ? new Reading.Text(end + this.end.length()) : new Reading.Calls(calls, at);
            }
            calls.add(call.get());
            int after = end + this.end.length();
            at = JsonScan.skipBlanks(all, after);
            JsonScan.Look more = this.next.isEmpty() ? JsonScan.Look.MISSING : JsonScan.look(all, at, this.next);
            JsonScan.Look over = JsonScan.look(all, at, this.close);
            if (more == JsonScan.Look.THERE) {
                at += this.next.length();
            }
            else if (!ended && !this.close.isEmpty()
                    && (more == JsonScan.Look.PERHAPS || over == JsonScan.Look.PERHAPS)) {
                return Reading.Uncertain.INSTANCE;
            }
            else {
                boolean closed = over == JsonScan.Look.THERE && !this.close.isEmpty();
                return new Reading.Calls(calls, closed ? at + this.close.length() : after);
            }
        }
    }

    /**
     * Returns where a call ends, or -1 where it does not yet. What looks like an end
     * within a value is none, unless the value is never ended.
     */
    private int end(String all, int from, boolean ended) {
        int at = from;
        while (true) {
            int end = all.indexOf(this.end, at);
            int key = all.indexOf(this.beforeKey, at);
            if (end < 0 || key < 0 || key > end) {
                return end;
            }
            int value = all.indexOf(this.beforeValue, key + this.beforeKey.length());
            if (value < 0 || value > end) {
                return end;
            }
            int valueEnd = all.indexOf(this.afterValue, value + this.beforeValue.length());
            if (valueEnd < 0 || valueEnd > end) {
                int after = JsonScan.skipBlanks(all, end + this.end.length());
                JsonScan.Look begin = JsonScan.look(all, after, this.start);
                if (begin == JsonScan.Look.THERE || (ended && valueEnd < 0)) {
                    return end; // a call that lacks the end of its value, and what
                                // follows it
                }
                if (valueEnd < 0 || (begin == JsonScan.Look.PERHAPS && !ended)) {
                    return -1;
                }
            }
            at = valueEnd + this.afterValue.length();
        }
    }

    private Optional<ChatMessage.ToolCall> call(String body, ToolSchemas tools) {
        ToolSchemas.Name named = tools.nameAt(body, JsonScan.skipBlanks(body, 0));
        if (!named.isThere()) {
            return Optional.empty();
        }
        ObjectNode arguments = JsonText.MAPPER.createObjectNode();
        int at = body.indexOf(this.beforeKey, named.end());
        while (at >= 0) {
            int key = at + this.beforeKey.length();
            int keyEnd = body.indexOf(this.beforeValue, key);
            int value = keyEnd + this.beforeValue.length();
            int valueEnd = (keyEnd < 0) ? -1 : body.indexOf(this.afterValue, value);
            if (valueEnd < 0) {
                return Optional.empty();
            }
            String argument = body.substring(key, keyEnd).strip();
            arguments.set(argument, tools.argument(named.text(), argument, trimmed(body.substring(value, valueEnd))));
            at = body.indexOf(this.beforeKey, valueEnd + this.afterValue.length());
        }
        return tools.accepts(named.text(), arguments)
                ? Optional.of(new ChatMessage.ToolCall("", named.text(), arguments.toString())) : Optional.empty();
    }

    /** One line break at either end belongs to the tags. */
    private static String trimmed(String value) {
        int from = value.startsWith("\n") ? 1 : 0;
        int to = (value.endsWith("\n") && value.length() > from) ? value.length() - 1 : value.length();
        return value.substring(from, to);
    }

}
