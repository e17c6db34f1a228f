package dev.cerberus.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * Calls whose name stands between markers, followed by the arguments as JSON. Immutable
 * and thread-safe.
 *
 * @param start what stands before the first name
 * @param between what stands between the arguments of one call and the name of the next;
 * empty if there is one call at most
 * @param end what stands after the last arguments; empty if nothing does
 * @param beforeId what stands before the id, after the name; empty if there is no id
 * @param numbered whether the id is the call's number only, and the whole id tells the
 * name
 */
record MarkedToolCalls(String start, String between, String end, String beforeId,
        boolean numbered) implements ToolCallSyntax {

    private static final Pattern ID = Pattern.compile("\\s*(\\w{1,64})");

    /** Markers, an id or a fence may stand between name and arguments. */
    private static final int LONGEST_GAP = 80;

    /** Returns the syntax of calls that are written in a layout. */
    static MarkedToolCalls of(CallLayout layout) {
        boolean idAfterName = layout.writesIds() && layout.call().indexOf(CallLayout.Part.Hole.NAME) < layout.call()
            .indexOf(layout.isNumbered() ? CallLayout.Part.Hole.NUMBER : CallLayout.Part.Hole.ID);
        String beforeId = !idAfterName ? ""
                : layout.before(layout.isNumbered() ? CallLayout.Part.Hole.NUMBER : CallLayout.Part.Hole.ID);
        return new MarkedToolCalls(layout.marker(), layout.parallel() ? (layout.tail() + layout.toNext()).strip() : "",
                (layout.tail() + layout.close()).strip(), beforeId.strip(), layout.isNumbered());
    }

    @Override
    public List<String> markers() {
        return Stream.of(this.start, this.beforeId, this.between, this.end)
            .filter((marker) -> !marker.isEmpty())
            .toList();
    }

    @Override
    public Reading read(CharSequence text, boolean ended, ToolSchemas tools) {
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        int at = this.start.length();
        while (true) {
            ToolSchemas.Name name = tools.nameAt(text, JsonScan.skipBlanks(text, at));
            int json = name.isThere() ? braceAfter(text, name.end()) : text.length();
            if (name.mayGoOn() && !ended) {
                return Reading.Uncertain.INSTANCE;
            }
            int end = (json < text.length()) ? JsonScan.end(text, json) : text.length() + 1;
            if (end > text.length()) {
                boolean mayCome = !ended && name.isThere()
                        && (json < text.length() || text.length() - name.end() < LONGEST_GAP);
                return mayCome ? Reading.Uncertain.INSTANCE : rest(calls, at);
            }
            String id = id(text.subSequence(name.end(), json).toString(), name.text());
            ChatMessage.ToolCall call = call(id, name.text(), text.subSequence(json, end).toString(), tools);
            if (call == null) {
                return rest(calls, at);
            }
            calls.add(call);
            at = JsonScan.skipBlanks(text, end);
            JsonScan.Look more = this.between.isEmpty() ? JsonScan.Look.MISSING : JsonScan.look(text, at, this.between);
            JsonScan.Look over = JsonScan.look(text, at, this.end);
            if (more == JsonScan.Look.THERE) {
                at += this.between.length();
            }
            else if (!ended && (more == JsonScan.Look.PERHAPS || over == JsonScan.Look.PERHAPS)) {
                return Reading.Uncertain.INSTANCE;
            }
            else {
                return new Reading.Calls(calls, (over == JsonScan.Look.THERE) ? at + this.end.length() : end);
            }
        }
    }

    /** What is no call any more goes on as text. */
    private static Reading rest(List<ChatMessage.ToolCall> calls, int at) {
        return calls.isEmpty() ? new Reading.Text(at) : new Reading.Calls(calls, at);
    }

    private static int braceAfter(CharSequence text, int from) {
        int end = Math.min(text.length(), from + LONGEST_GAP);
        for (int i = from; i < end; i++) {
            if (text.charAt(i) == '{') {
                return i;
            }
        }
        return text.length();
    }

    private String id(String gap, String name) {
        int before = this.beforeId.isEmpty() ? -1 : gap.indexOf(this.beforeId);
        Matcher id = ID.matcher(gap);
        if (before < 0 || !id.region(before + this.beforeId.length(), gap.length()).lookingAt()) {
            return "";
        }
        return this.numbered ? ToolCallIds.NAME_PREFIX + name + ":" + id.group(1) : id.group(1);
    }

    private static ChatMessage.@Nullable ToolCall call(String id, String name, String json, ToolSchemas tools) {
        try {
            JsonNode arguments = JsonText.read(json);
            return (arguments.isObject() && tools.accepts(name, arguments))
                    ? new ChatMessage.ToolCall(id, name, arguments.toString()) : null;
        }
        catch (JsonProcessingException ex) {
            return null; // the answer's own text
        }
    }

}
