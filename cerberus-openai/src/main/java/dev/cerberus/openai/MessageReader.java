package dev.cerberus.openai;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import tools.jackson.databind.JsonNode;

/**
 * The reader of the messages of a conversation. Not thread-safe.
 */
final class MessageReader {

    /** Names of the tools that were called, by the ids of the calls. */
    private final Map<String, String> calls = new HashMap<>();

    List<ChatMessage> read(Fields body) {
        body.require("messages");
        List<JsonNode> nodes = body.list("messages").orElse(List.of());
        if (nodes.isEmpty()) {
            throw OpenAiException.invalid("messages", "'messages' must hold at least one message");
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Fields fields = Fields.of(nodes.get(i), "messages[" + i + "]");
            ChatMessage message = message(fields);
            if (i == nodes.size() - 1 && message instanceof UserMessage question) {
                requireVisible(question.singleText(), fields);
            }
            messages.add(message);
            fields.requireAllKnown();
        }
        return messages;
    }

    private static void requireVisible(String text, Fields fields) {
        if (text.isBlank()) {
            throw OpenAiException.invalid(fields.path("content"),
                    "'" + fields.path("content") + "' must hold at least one visible character");
        }
    }

    private ChatMessage message(Fields fields) {
        String role = fields.requireText("role");
        return switch (role) {
            case "system", "developer" -> system(fields);
            case "user" -> user(fields);
            case "assistant" -> assistant(fields);
            case "tool" -> tool(fields);
            default -> throw OpenAiException.invalid(fields.path("role"), "'" + fields.path("role")
                    + "' must be system, developer, user, assistant or tool, was '" + role + "'");
        };
    }

    private static SystemMessage system(Fields fields) {
        fields.ignore("name");
        String text = content(fields);
        requireVisible(text, fields);
        return SystemMessage.from(text);
    }

    private static UserMessage user(Fields fields) {
        String text = content(fields);
        return fields.text("name")
            .filter((name) -> !name.isBlank())
            .map((name) -> UserMessage.from(name, text))
            .orElseGet(() -> UserMessage.from(text));
    }

    private AiMessage assistant(Fields fields) {
        // clients send back what they have made of an answer
        fields.ignore("name", "refusal", "annotations", "parsed");
        boolean thought = fields.find("reasoning_content").isPresent();
        fields.allowOnly("audio", (value) -> false, "leave it out");
        fields.allowOnly("function_call", (value) -> false, "send tool_calls");
        List<ToolExecutionRequest> requests = new ArrayList<>();
        List<JsonNode> nodes = fields.list("tool_calls").orElse(List.of());
        for (int i = 0; i < nodes.size(); i++) {
            requests.add(call(Fields.of(nodes.get(i), fields.path("tool_calls") + "[" + i + "]")));
        }
        boolean written = fields.find("content").isPresent();
        if (!written && !thought && requests.isEmpty()) {
            throw OpenAiException.invalid(fields.path("content"),
                    "'" + fields.path("content") + "' is missing, and there are no tool_calls either");
        }
        // an answer that is empty is one too, and comes back as this server wrote it
        String text = written ? content(fields) : "";
        return AiMessage.builder().text(text).toolExecutionRequests(requests).build();
    }

    private ToolExecutionRequest call(Fields fields) {
        fields.ignore("type", "index");
        String id = fields.requireText("id");
        Fields function = Fields.of(fields.require("function"), fields.path("function"));
        String name = function.requireText("name");
        this.calls.put(id, name);
        function.ignore("parsed_arguments");
        String arguments = function.text("arguments").orElse("{}");
        function.requireAllKnown();
        fields.requireAllKnown();
        return ToolExecutionRequest.builder().id(id).name(name).arguments(arguments).build();
    }

    private ToolExecutionResultMessage tool(Fields fields) {
        fields.ignore("name");
        String id = fields.requireText("tool_call_id");
        String name = this.calls.get(id);
        if (name == null) {
            throw OpenAiException.invalid(fields.path("tool_call_id"), "'" + fields.path("tool_call_id")
                    + "' must be the id of a tool call of a message before, was '" + id + "'");
        }
        return ToolExecutionResultMessage.from(id, name, content(fields));
    }

    private static String content(Fields fields) {
        JsonNode content = fields.require("content");
        if (content.isString()) {
            return content.stringValue();
        }
        if (!content.isArray()) {
            throw OpenAiException.invalid(fields.path("content"),
                    "'" + fields.path("content") + "' must be a text or a list of parts of type text");
        }
        List<JsonNode> parts = fields.list("content").orElse(List.of());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            text.append(part(Fields.of(parts.get(i), fields.path("content") + "[" + i + "]")));
        }
        return text.toString();
    }

    private static String part(Fields fields) {
        String type = fields.requireText("type");
        if (!type.equals("text")) {
            throw OpenAiException.unsupported(fields.path("type"),
                    "Content of type '" + type + "' is not supported here; this model reads text only");
        }
        String text = fields.requireText("text");
        fields.requireAllKnown();
        return text;
    }

}
