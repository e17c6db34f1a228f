package dev.cerberus.langchain4j;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import org.jspecify.annotations.Nullable;

import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatMessage.ToolCall;

/**
 * A translator of LangChain4j's messages into those that chat templates see.
 */
final class ConversationMapper {

    private static final String NO_ARGUMENTS = "{}";

    private ConversationMapper() {
    }

    static List<ChatMessage> map(List<dev.langchain4j.data.message.ChatMessage> messages) {
        List<ChatMessage> mapped = mapAnything(messages);
        // What was said before is as it is; only a question must say something.
        ChatMessage last = mapped.get(mapped.size() - 1);
        if (last.role() == ChatMessage.Role.USER && last.content().isBlank()) {
            throw new IllegalArgumentException("The user message is blank; give it at least one visible character");
        }
        return mapped;
    }

    /** Translates messages that need not be a conversation. */
    static List<ChatMessage> mapAnything(List<dev.langchain4j.data.message.ChatMessage> messages) {
        return messages.stream().map(ConversationMapper::map).toList();
    }

    private static ChatMessage map(dev.langchain4j.data.message.ChatMessage message) {
        if (message instanceof SystemMessage system) {
            return ChatMessage.system(system.text());
        }
        if (message instanceof UserMessage user) {
            return user(user);
        }
        if (message instanceof AiMessage answer) {
            return assistant(answer);
        }
        if (message instanceof ToolExecutionResultMessage result) {
            return ChatMessage.tool(orEmpty(result.id()), result.toolName(), toolText(result.contents()));
        }
        throw new UnsupportedFeatureException("Message of type " + message.type()
                + " is not supported by Cerberus; send system, user, AI and tool " + "execution result messages");
    }

    private static ChatMessage user(UserMessage user) {
        return new ChatMessage(ChatMessage.Role.USER, text(user.contents()), List.of(), null, user.name());
    }

    private static ChatMessage assistant(AiMessage answer) {
        if (!answer.images().isEmpty()) {
            throw new UnsupportedFeatureException("Images in an AI message are not supported by Cerberus, which reads "
                    + "text only; leave them out of the conversation");
        }
        return ChatMessage.assistant(orEmpty(answer.text()), toolCalls(answer));
    }

    private static List<ToolCall> toolCalls(AiMessage answer) {
        return answer.toolExecutionRequests().stream().map(ConversationMapper::toolCall).toList();
    }

    /** Models of other providers call a tool without arguments by writing none. */
    private static ToolCall toolCall(ToolExecutionRequest request) {
        if (orEmpty(request.name()).isBlank()) {
            throw new IllegalArgumentException("An AI message calls a tool without a name; give each of its "
                    + "ToolExecutionRequests the name of the tool that was called");
        }
        String arguments = orEmpty(request.arguments());
        return new ToolCall(orEmpty(request.id()), request.name(), arguments.isBlank() ? NO_ARGUMENTS : arguments);
    }

    private static String toolText(List<Content> contents) {
        if (contents.stream().anyMatch((content) -> !(content instanceof TextContent))) {
            throw new UnsupportedFeatureException(
                    "Cerberus does not support non-text content in tool results; " + "return text from the tool");
        }
        return text(contents);
    }

    private static String text(List<Content> contents) {
        return contents.stream().map(ConversationMapper::text).collect(Collectors.joining("\n"));
    }

    private static String text(Content content) {
        if (content instanceof TextContent text) {
            return text.text();
        }
        throw new UnsupportedFeatureException("Content of type " + content.type().name().toLowerCase(Locale.ROOT)
                + " is not supported by Cerberus, which reads text only; send text contents");
    }

    private static String orEmpty(@Nullable String text) {
        return (text != null) ? text : "";
    }

}
