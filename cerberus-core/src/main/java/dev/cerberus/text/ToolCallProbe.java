package dev.cerberus.text;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns from a chat template how its model writes calls: it lets the template write one
 * and looks where name and arguments are. Immutable and thread-safe.
 *
 * <p>
 * What is learned is tried out: the call that the template wrote is read back, and a
 * syntax that does not give the same call is none.
 */
final class ToolCallProbe {

    private static final Logger LOGGER = LoggerFactory.getLogger(ToolCallProbe.class);

    private static final String NAME = "probe_tool";

    private static final String SECOND_NAME = "second_tool";

    private static final String KEY = "probe_key";

    private static final String VALUE = "probe value";

    private static final String SECOND_KEY = "other_key";

    private static final String SECOND_VALUE = "other value";

    private static final String ARGUMENTS = "{\"" + KEY + "\": \"" + VALUE + "\", \"" + SECOND_KEY + "\": \""
            + SECOND_VALUE + "\"}";

    private static final String SCHEMA = "{\"type\": \"object\", \"properties\": {\"" + KEY
            + "\": {\"type\": \"string\", \"description\": \"First\"}, \"" + SECOND_KEY
            + "\": {\"type\": \"string\", \"description\": \"Second\"}}, \"required\": [\"" + KEY + "\"]}";

    private static final List<ToolDefinition> TOOLS = List.of(new ToolDefinition(NAME, "Probes", SCHEMA),
            new ToolDefinition(SECOND_NAME, "Probes too", SCHEMA));

    private static final int LONGEST_MARKER = 100;

    private final ChatTemplate template;

    private ToolCallProbe(ChatTemplate template) {
        this.template = template;
    }

    /**
     * Learns the syntax of a template.
     * @return the syntax; empty if the template writes no calls, or none that can be read
     * back
     */
    static Optional<ToolCallSyntax> learn(ChatTemplate template) {
        ToolCallProbe probe = new ToolCallProbe(template);
        String one = probe.answer(List.of(NAME));
        if (one == null || !one.contains(NAME)) {
            return Optional.empty();
        }
        return Stream
            .<Function<String, @Nullable ToolCallSyntax>>of(ToolCallProbe::json, probe::marked, ToolCallProbe::tagged)
            .flatMap((kind) -> Stream.ofNullable(kind.apply(one)))
            .filter((syntax) -> readsBack(syntax, one))
            .findFirst();
    }

    private static boolean readsBack(ToolCallSyntax syntax, String answer) {
        int at = answer.indexOf(syntax.start());
        if (at < 0 || !(syntax.read(answer.substring(at), true,
                new ToolSchemas(TOOLS)) instanceof ToolCallSyntax.Reading.Calls read)) {
            return false;
        }
        ChatMessage.ToolCall call = read.calls().get(0);
        return read.calls().size() == 1 && call.name().equals(NAME) && isArguments(call.argumentsJson());
    }

    private static boolean isArguments(String json) {
        try {
            return JsonText.read(json).equals(JsonText.read(ARGUMENTS));
        }
        catch (JsonProcessingException ex) {
            return false; // another part of the answer
        }
    }

    /** Returns what the template writes for an answer that calls tools, if it does. */
    private @Nullable String answer(List<String> names) {
        ChatMessage question = ChatMessage.user("Hi");
        List<ChatMessage.ToolCall> calls = names.stream()
            .map((name) -> new ChatMessage.ToolCall(ToolCallIds.next(), name, ARGUMENTS))
            .toList();
        try {
            String before = this.template.render(List.of(question), TOOLS, true, Map.of());
            String whole = this.template.render(List.of(question, ChatMessage.assistant("", calls)), TOOLS, false,
                    Map.of());
            String answer = whole.substring(begin(before, whole)).stripTrailing();
            int thoughts = answer.indexOf(ThinkingSyntax.of(this.template).end());
            if (thoughts >= 0 && thoughts < answer.indexOf(names.get(0))) {
                answer = answer.substring(thoughts + ThinkingSyntax.of(this.template).end().length());
            }
            String end = this.template.afterAnswer().orElse("");
            return (answer.endsWith(end) ? answer.substring(0, answer.length() - end.length()) : answer).strip();
        }
        catch (ChatTemplateException ex) {
            LOGGER.debug("{} writes no call", this.template, ex);
            return null;
        }
    }

    /**
     * Returns where the answer begins; where the prompt for an answer ends otherwise than
     * an answer begins, behind the last marker that both have.
     */
    private static int begin(String before, String whole) {
        int common = 0;
        while (common < Math.min(before.length(), whole.length()) && before.charAt(common) == whole.charAt(common)) {
            common++;
        }
        while (common < before.length() && common > 0 && "\n>]".indexOf(before.charAt(common - 1)) < 0) {
            common--;
        }
        return common;
    }

    private static boolean isMarker(String text) {
        return text.length() <= LONGEST_MARKER;
    }

    private static @Nullable ToolCallSyntax json(String answer) {
        int name = answer.indexOf(NAME);
        for (int at = 0; at < name; at++) {
            int end = JsonScan.beginsAt(answer, at) ? JsonScan.end(answer, at) : 0;
            if (end > name && end <= answer.length()) {
                try {
                    JsonNode value = JsonText.read(answer.substring(at, end));
                    JsonNode call = value.isArray() ? value.path(0) : value;
                    String start = answer.substring(0, at).strip();
                    String after = answer.substring(end).strip();
                    return (isMarker(start) && isMarker(after)) ? new JsonToolCalls(start, after, wrapper(call)) : null;
                }
                catch (JsonProcessingException ex) {
                    LOGGER.trace("A bracket that is no JSON", ex);
                }
            }
        }
        return null;
    }

    private static Optional<String> wrapper(JsonNode call) {
        return call.properties()
            .stream()
            .filter((field) -> field.getValue().path("name").asText().equals(NAME))
            .map(Map.Entry::getKey)
            .findFirst();
    }

    private @Nullable ToolCallSyntax marked(String answer) {
        int name = answer.indexOf(NAME);
        int json = answer.indexOf('{', name);
        int end = (json < 0) ? answer.length() + 1 : JsonScan.end(answer, json);
        String start = answer.substring(0, name).strip();
        if (end > answer.length() || start.isEmpty() || !isMarker(start) || !isArguments(answer.substring(json, end))) {
            return null;
        }
        String two = answer(List.of(NAME, SECOND_NAME));
        int second = (two == null) ? -1 : two.indexOf(SECOND_NAME);
        int first = (two == null) ? -1 : two.indexOf('{');
        int firstEnd = (two == null || first < 0) ? -1 : JsonScan.end(two, first);
        String between = (two != null && firstEnd > 0 && firstEnd < second) ? two.substring(firstEnd, second).strip()
                : "";
        return new MarkedToolCalls(start, isMarker(between) ? between : "", answer.substring(end).strip());
    }

    private static @Nullable ToolCallSyntax tagged(String answer) {
        int name = answer.indexOf(NAME);
        int key = answer.indexOf(KEY, name);
        int value = (key < 0) ? -1 : answer.indexOf(VALUE, key);
        int secondKey = (value < 0) ? -1 : answer.indexOf(SECOND_KEY, value);
        int secondValue = (secondKey < 0) ? -1 : answer.indexOf(SECOND_VALUE, secondKey);
        if (secondValue < 0) {
            return null;
        }
        String nameToKey = answer.substring(name + NAME.length(), key);
        String valueToKey = answer.substring(value + VALUE.length(), secondKey);
        int same = 0;
        while (same < Math.min(nameToKey.length(), valueToKey.length()) && nameToKey
            .charAt(nameToKey.length() - 1 - same) == valueToKey.charAt(valueToKey.length() - 1 - same)) {
            same++;
        }
        String beforeKey = valueToKey.substring(valueToKey.length() - same).strip();
        String afterValue = valueToKey.substring(0, valueToKey.length() - same).strip();
        String beforeValue = answer.substring(key + KEY.length(), value).strip();
        String start = answer.substring(0, name).strip();
        String rest = answer.substring(secondValue + SECOND_VALUE.length()).strip();
        String end = rest.startsWith(afterValue) ? rest.substring(afterValue.length()).strip() : "";
        boolean complete = Stream.of(start, beforeKey, beforeValue, afterValue, end).noneMatch(String::isEmpty);
        return complete ? new TaggedToolCalls(start, beforeKey, beforeValue, afterValue, end) : null;
    }

}
