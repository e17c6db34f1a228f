package dev.cerberus.text;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation as chat templates see it.
 *
 * @param role who speaks
 * @param content the text, empty when an assistant only calls tools
 * @param toolCalls calls the assistant asks for; empty for every other role
 * @param toolCallId id of the call a tool message answers
 * @param name name of the speaker, for a tool message the name of the tool
 */
public record ChatMessage(Role role, String content, List<ToolCall> toolCalls, @Nullable String toolCallId,
        @Nullable String name) {

    /**
     * Checks the components and copies the list.
     * @throws IllegalArgumentException if a message that is not the assistant's has tool
     * calls
     */
    public ChatMessage {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
        toolCalls = List.copyOf(toolCalls);
        if (role != Role.ASSISTANT && !toolCalls.isEmpty()) {
            throw new IllegalArgumentException(
                    "only an assistant message may have tool calls, the role was " + role.wireName());
        }
    }

    /**
     * Returns a system message.
     * @param content the instructions
     * @return the message
     */
    public static ChatMessage system(String content) {
        return new ChatMessage(Role.SYSTEM, content, List.of(), null, null);
    }

    /**
     * Returns a user message.
     * @param content the text
     * @return the message
     */
    public static ChatMessage user(String content) {
        return new ChatMessage(Role.USER, content, List.of(), null, null);
    }

    /**
     * Returns an assistant message without tool calls.
     * @param content the text
     * @return the message
     */
    public static ChatMessage assistant(String content) {
        return new ChatMessage(Role.ASSISTANT, content, List.of(), null, null);
    }

    /**
     * Returns an assistant message that calls tools.
     * @param content the text before the calls, often empty
     * @param toolCalls the calls
     * @return the message
     */
    public static ChatMessage assistant(String content, List<ToolCall> toolCalls) {
        return new ChatMessage(Role.ASSISTANT, content, toolCalls, null, null);
    }

    /**
     * Returns a tool's answer.
     * @param toolCallId id of the call that is answered
     * @param name name of the tool
     * @param content the result
     * @return the message
     */
    public static ChatMessage tool(String toolCallId, String name, String content) {
        return new ChatMessage(Role.TOOL, content, List.of(), toolCallId, name);
    }

    /**
     * Returns this message with ids of nine letters and digits, always the same for the
     * same id.
     */
    ChatMessage withShortIds() {
        if (this.toolCalls.isEmpty() && this.toolCallId == null) {
            return this;
        }
        List<ToolCall> calls = this.toolCalls.stream()
            .map((call) -> new ToolCall(ToolCallIds.of(call.id()), call.name(), call.argumentsJson()))
            .toList();
        return new ChatMessage(this.role, this.content, calls,
                (this.toolCallId == null) ? null : ToolCallIds.of(this.toolCallId), this.name);
    }

    /**
     * Who speaks.
     */
    public enum Role {

        /** Instructions for the model. */
        SYSTEM,

        /** The person. */
        USER,

        /** The model. */
        ASSISTANT,

        /** Result of a function call. */
        TOOL;

        /**
         * Returns the name templates compare with, such as {@code user}.
         * @return the lower-case name
         */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

    }

    /**
     * A call of a function the model asks for.
     *
     * @param id the call's id, empty if the model gave none
     * @param name the function's name
     * @param argumentsJson the arguments as the model wrote them, normally a JSON object
     */
    public record ToolCall(String id, String name, String argumentsJson) {

        /**
         * Checks the components.
         */
        public ToolCall {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(argumentsJson, "argumentsJson");
        }

    }

}
