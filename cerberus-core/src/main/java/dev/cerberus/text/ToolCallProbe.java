package dev.cerberus.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that a chat template is made to write, to see how its model writes them.
 * Immutable and thread-safe.
 */
final class ToolCallProbe {

    static final String NAME = "probe_tool";

    static final String SECOND_NAME = "second_tool";

    static final String KEY = "probe_key";

    static final String VALUE = "probe value";

    static final String SECOND_KEY = "other_key";

    static final String SECOND_VALUE = "other value";

    static final String ARGUMENTS = "{\"" + KEY + "\": \"" + VALUE + "\", \"" + SECOND_KEY + "\": \"" + SECOND_VALUE
            + "\"}";

    private static final Logger LOGGER = LoggerFactory.getLogger(ToolCallProbe.class);

    private static final String SCHEMA = "{\"type\": \"object\", \"properties\": {\"" + KEY
            + "\": {\"type\": \"string\", \"description\": \"First\"}, \"" + SECOND_KEY
            + "\": {\"type\": \"string\", \"description\": \"Second\"}}, \"required\": [\"" + KEY + "\"]}";

    static final List<ToolDefinition> TOOLS = List.of(new ToolDefinition(NAME, "Probes", SCHEMA),
            new ToolDefinition(SECOND_NAME, "Probes too", SCHEMA));

    private static final String RESULT = "probe result";

    private static final ChatMessage QUESTION = ChatMessage.user("Hi");

    private final ChatTemplate template;

    private final ThinkingSyntax thinking;

    ToolCallProbe(ChatTemplate template) {
        this.template = template;
        this.thinking = ThinkingSyntax.of(template);
    }

    /**
     * What a template wrote.
     *
     * @param lead blanks before the first call
     * @param text the calls, without blanks before and after
     * @param calls what it was asked to write
     */
    record Sample(String lead, String text, List<ChatMessage.ToolCall> calls) {
    }

    /** Returns whether the prompt tells the model of tools. */
    boolean describesTools() {
        return prompt().filter((prompt) -> prompt.contains(NAME)).isPresent();
    }

    /** Returns the prompt of a conversation with tools, if there can be one. */
    Optional<String> prompt() {
        try {
            return Optional.of(this.template.render(List.of(QUESTION), TOOLS, true, Map.of()));
        }
        catch (ChatTemplateException ex) {
            LOGGER.debug("{} writes no tools", this.template, ex);
            return Optional.empty();
        }
    }

    /** Returns whether the model gets to see what a tool returned. */
    boolean showsResults() {
        List<ChatMessage.ToolCall> calls = calls(List.of(NAME), false);
        String shown = render(
                List.of(QUESTION, ChatMessage.assistant("", calls), ChatMessage.tool(calls.get(0).id(), NAME, RESULT)),
                false);
        return shown != null && shown.contains(RESULT);
    }

    /**
     * Returns whether the model gets to see what a tool returned where the call before it
     * is a text. Some templates look for the call, and leave the result out or refuse.
     */
    boolean showsResultsAfterText() {
        String shown = render(
                List.of(QUESTION, ChatMessage.assistant(NAME), ChatMessage.tool(ToolCallIds.next(), NAME, RESULT)),
                true);
        return shown != null && shown.contains(NAME) && shown.contains(RESULT);
    }

    /** Returns whether a call of an earlier answer makes a difference. */
    boolean writesCalls() {
        ChatMessage without = ChatMessage.assistant("");
        ChatMessage with = ChatMessage.assistant("", calls(List.of(NAME), false));
        // some leave out the calls of a last answer, some want their results next
        return differ(List.of(QUESTION, with), List.of(QUESTION, without))
                || differ(List.of(QUESTION, with, QUESTION), List.of(QUESTION, without, QUESTION));
    }

    private boolean differ(List<ChatMessage> conversation, List<ChatMessage> other) {
        String rendered = render(conversation, false);
        return rendered != null && !rendered.equals(render(other, false));
    }

    /** Returns what is written for one call, if its name is. */
    Optional<Sample> one() {
        return answer(List.of(NAME), false).or(() -> answer(List.of(NAME), true));
    }

    /** Returns what is written for two calls, if both are and can be answered. */
    Optional<Sample> two(boolean numbered) {
        return several(List.of(NAME, SECOND_NAME), numbered);
    }

    /** Returns what is written for three calls, under the same condition. */
    Optional<Sample> three(boolean numbered) {
        return several(List.of(NAME, NAME, SECOND_NAME), numbered);
    }

    private Optional<Sample> several(List<String> names, boolean numbered) {
        List<ChatMessage.ToolCall> calls = calls(names, numbered);
        String answered = render(conversation(calls, true), false);
        return (answered == null) ? Optional.empty() : answer(names, numbered);
    }

    private static List<ChatMessage.ToolCall> calls(List<String> names, boolean numbered) {
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        for (String name : names) {
            String id = numbered ? ToolCallIds.numbered(name, calls.size()) : ToolCallIds.next();
            calls.add(new ChatMessage.ToolCall(id, name, ARGUMENTS));
        }
        return calls;
    }

    private static List<ChatMessage> conversation(List<ChatMessage.ToolCall> calls, boolean answered) {
        List<ChatMessage> messages = new ArrayList<>(List.of(QUESTION, ChatMessage.assistant("", calls)));
        if (answered) {
            calls.forEach((call) -> messages.add(ChatMessage.tool(call.id(), call.name(), RESULT)));
        }
        return messages;
    }

    private @Nullable String render(List<ChatMessage> messages, boolean prompt) {
        try {
            return this.template.render(messages, TOOLS, prompt, Map.of());
        }
        catch (ChatTemplateException ex) {
            LOGGER.debug("{} writes no such calls", this.template, ex);
            return null;
        }
    }

    private Optional<Sample> answer(List<String> names, boolean numbered) {
        List<ChatMessage.ToolCall> calls = calls(names, numbered);
        String before = render(List.of(QUESTION), true);
        // some leave out the calls of a last answer
        for (boolean answered : new boolean[] { false, true }) {
            String whole = render(conversation(calls, answered), false);
            if (before != null && whole != null) {
                String answer = answer(before, whole, answered);
                int first = answer.indexOf(names.get(0));
                int last = answer.lastIndexOf(names.get(names.size() - 1));
                if (first >= 0 && last >= first) {
                    return Optional.of(sample(answer, calls));
                }
            }
        }
        return Optional.empty();
    }

    private static Sample sample(String answer, List<ChatMessage.ToolCall> calls) {
        String text = answer.stripLeading();
        return new Sample(answer.substring(0, answer.length() - text.length()), text.stripTrailing(), calls);
    }

    private String answer(String before, String whole, boolean answered) {
        String answer = whole.substring(begin(before, whole));
        int thoughts = answer.indexOf(this.thinking.end());
        if (thoughts >= 0 && thoughts < answer.indexOf(NAME)) {
            answer = answer.substring(thoughts + this.thinking.end().length());
        }
        String end = this.template.afterAnswer().orElse("");
        int at = end.isEmpty() ? -1 : answered ? answer.indexOf(end) : answer.lastIndexOf(end);
        if (at >= 0 && (answered || answer.substring(at + end.length()).isBlank())) {
            return answer.substring(0, at);
        }
        return answered ? "" : answer;
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

}
