package dev.cerberus.text;

import java.util.List;
import java.util.Map;

/**
 * How a model marks its thoughts before an answer. Immutable and thread-safe.
 *
 * @param start what begins thoughts
 * @param end what ends them
 * @param open whether the prompt has begun them already
 */
record ThinkingSyntax(String start, String end, boolean open) {

    /** What models without a word about it in their template write, if they think. */
    private static final ThinkingSyntax USUAL = new ThinkingSyntax("<think>", "</think>", false);

    private static final List<ThinkingSyntax> KNOWN = List.of(USUAL, new ThinkingSyntax("[THINK]", "[/THINK]", false),
            new ThinkingSyntax("<|START_THINKING|>", "<|END_THINKING|>", false),
            new ThinkingSyntax("<seed:think>", "</seed:think>", false));

    /** Finds the marks of the model that a template belongs to. */
    static ThinkingSyntax of(ChatTemplate template) {
        ThinkingSyntax found = KNOWN.stream().filter((each) -> template.mentions(each.end())).findFirst().orElse(USUAL);
        return found.after(template, List.of(ChatMessage.user("Hi")), List.of());
    }

    /** Returns the marks of the answer to a conversation. */
    ThinkingSyntax after(ChatTemplate template, List<ChatMessage> messages, List<ToolDefinition> tools) {
        return new ThinkingSyntax(this.start, this.end, begins(template, messages, tools));
    }

    private boolean begins(ChatTemplate template, List<ChatMessage> messages, List<ToolDefinition> tools) {
        try {
            return template.render(messages, tools, true, Map.of()).stripTrailing().endsWith(this.start);
        }
        catch (ChatTemplateException ex) {
            return false; // says nothing about thoughts; who chats will hear of it
        }
    }

    static ThinkingSyntax usual() {
        return USUAL;
    }

}
