package dev.cerberus.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Makes conversations with tools ones that a chat template can write, whatever it knows
 * of tools: what the template leaves out, messages say. Immutable and thread-safe.
 */
public final class ToolPrompting {

    private static final ToolPrompting NONE = new ToolPrompting(ToolConvention.USUAL, true, false);

    private static final String PROBE = "probe of a system message";

    private final ToolConvention calls;

    private final boolean systemMessages;

    private final boolean adapts;

    private ToolPrompting(ToolConvention calls, boolean systemMessages, boolean adapts) {
        this.calls = calls;
        this.systemMessages = systemMessages;
        this.adapts = adapts;
    }

    /** Returns what leaves conversations as they are. */
    static ToolPrompting none() {
        return NONE;
    }

    static ToolPrompting of(ChatTemplate template, ToolConvention calls) {
        return new ToolPrompting(calls, showsSystemMessages(template), true);
    }

    private static boolean showsSystemMessages(ChatTemplate template) {
        try {
            return template
                .render(List.of(ChatMessage.system(PROBE), ChatMessage.user("Hi")), List.of(), true, Map.of())
                .contains(PROBE);
        }
        catch (ChatTemplateException ex) {
            return false; // refused; instructions are the user's then
        }
    }

    /**
     * Returns a conversation that says what the template does not.
     * @param messages the conversation, oldest first
     * @param tools what the model may call
     * @return the conversation to render
     */
    public List<ChatMessage> adapt(List<ChatMessage> messages, List<ToolDefinition> tools) {
        boolean plain = tools.isEmpty() && messages.stream()
            .allMatch((message) -> message.toolCalls().isEmpty() && message.role() != ChatMessage.Role.TOOL);
        if (!this.adapts || plain) {
            return messages;
        }
        List<ChatMessage> adapted = withCalls(messages);
        String words = words(tools);
        return words.isEmpty() ? adapted : withInstructions(adapted, words);
    }

    private List<ChatMessage> withCalls(List<ChatMessage> messages) {
        Map<String, String> ids = new LinkedHashMap<>();
        List<ChatMessage> adapted = new ArrayList<>();
        for (ChatMessage message : messages) {
            if (!message.toolCalls().isEmpty()) {
                adapted.add(this.calls.templateWritesCalls() ? renumbered(message, ids) : written(message));
            }
            else if (message.role() == ChatMessage.Role.TOOL && !this.calls.showsResults()) {
                add("<tool_response>\n" + message.content() + "\n</tool_response>", adapted);
            }
            else if (message.role() == ChatMessage.Role.TOOL && message.toolCallId() != null) {
                adapted.add(new ChatMessage(message.role(), message.content(), List.of(),
                        ids.getOrDefault(message.toolCallId(), message.toolCallId()), message.name()));
            }
            else if (message.role() == ChatMessage.Role.USER && !this.calls.showsResults()) {
                add(message.content(), adapted);
            }
            else {
                adapted.add(message);
            }
        }
        return adapted;
    }

    /** What users say in a row is one message; many templates take no other. */
    private static void add(String text, List<ChatMessage> messages) {
        int last = messages.size() - 1;
        if (last >= 0 && messages.get(last).role() == ChatMessage.Role.USER) {
            messages.set(last, ChatMessage.user(messages.get(last).content() + "\n" + text));
        }
        else {
            messages.add(ChatMessage.user(text));
        }
    }

    /** Where an id tells the name of the tool, ids of another form would lose it. */
    private ChatMessage renumbered(ChatMessage message, Map<String, String> ids) {
        if (!this.calls.layout().isNumbered()) {
            return message;
        }
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        for (ChatMessage.ToolCall call : message.toolCalls()) {
            String id = ToolCallIds.number(call.id()).isPresent() ? call.id()
                    : ToolCallIds.numbered(call.name(), ids.size());
            ids.put(call.id(), id);
            calls.add(new ChatMessage.ToolCall(id, call.name(), call.argumentsJson()));
        }
        return ChatMessage.assistant(message.content(), calls);
    }

    private ChatMessage written(ChatMessage message) {
        String calls = this.calls.layout().write(message.toolCalls());
        return ChatMessage.assistant(message.content().isBlank() ? calls : message.content() + "\n" + calls);
    }

    /** Returns what the template does not say of tools and calls. */
    private String words(List<ToolDefinition> tools) {
        ToolConvention.Origin origin = this.calls.origin();
        boolean form = origin == ToolConvention.Origin.USUAL || origin == ToolConvention.Origin.UNREAD;
        if (tools.isEmpty() || (this.calls.describesTools() && !form)) {
            return "";
        }
        String described = this.calls.describesTools() ? ""
                : tools.stream()
                    .map((tool) -> ToolArguments.written(TemplateValues.plain(tool)))
                    .collect(Collectors.joining("\n", "You can call these functions:\n<tools>\n", "\n</tools>\n"));
        return described + "To call a function, write its name and arguments in this form:\n" + example()
                + (this.calls.layout().parallel() ? "\nSeveral calls follow each other." : "");
    }

    /** Returns what a call looks like, with names that say what they stand for. */
    String example() {
        return this.calls.layout()
            .write(List.of(new ChatMessage.ToolCall("123456789", "function-name", "{\"argument-name\": \"value\"}")));
    }

    private List<ChatMessage> withInstructions(List<ChatMessage> messages, String words) {
        List<ChatMessage> adapted = new ArrayList<>(messages);
        ChatMessage first = adapted.get(0);
        if (first.role() == ChatMessage.Role.SYSTEM) {
            adapted.set(0, ChatMessage.system(first.content() + "\n\n" + words));
        }
        else if (this.systemMessages) {
            adapted.add(0, ChatMessage.system(words));
        }
        else if (first.role() == ChatMessage.Role.USER) {
            adapted.set(0, ChatMessage.user(words + "\n\n" + first.content()));
        }
        return adapted;
    }

}
