package dev.cerberus.recipe.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.ToolDefinition;

import static org.assertj.core.api.Assertions.assertThat;

class ChatMlTests {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChatTemplate template = ChatTemplate.of("demo", ChatMl.jinja());

    @Test
    void jinjaWhenThereIsNoSystemMessageAddsNone() {
        String rendered = this.template.render(List.of(ChatMessage.user("Hi")), List.of(), true, Map.of());
        assertThat(rendered).isEqualTo("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
    }

    @Test
    void jinjaRendersEveryCategoryAsTheCorpusDoes() throws Exception {
        ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(3));
        for (String category : ConversationGenerator.categories()) {
            for (int i = 0; i < 60; i++) {
                Conversation conversation = generator.next(category, i, Split.TRAINING);
                StringBuilder expected = new StringBuilder();
                ChatMl.render(conversation.tools(), conversation.turns())
                    .forEach((piece) -> expected.append(piece.text()));
                String rendered = this.template.render(messages(conversation), tools(conversation), false, Map.of());
                assertThat(rendered).isEqualTo(expected.toString());
            }
        }
    }

    private static List<ChatMessage> messages(Conversation conversation) throws Exception {
        List<ChatMessage> messages = new ArrayList<>();
        for (Turn turn : conversation.turns()) {
            messages.add(switch (turn.role()) {
                case "system" -> ChatMessage.system(turn.content());
                case "user" -> ChatMessage.user(turn.content());
                case "tool" -> ChatMessage.tool("1", "tool", turn.content());
                default -> assistant(turn.content());
            });
        }
        return messages;
    }

    private static ChatMessage assistant(String content) throws Exception {
        if (!content.startsWith("<tool_call>")) {
            return ChatMessage.assistant(content);
        }
        JsonNode call = JSON.readTree(content.replace("<tool_call>", "").replace("</tool_call>", ""));
        return ChatMessage.assistant("",
                List.of(new ChatMessage.ToolCall("1", call.get("name").asText(), call.get("arguments").toString())));
    }

    private static List<ToolDefinition> tools(Conversation conversation) throws Exception {
        List<ToolDefinition> tools = new ArrayList<>();
        for (String definition : conversation.tools()) {
            JsonNode function = JSON.readTree(definition).get("function");
            tools.add(new ToolDefinition(function.get("name").asText(), function.get("description").asText(),
                    function.get("parameters").toString()));
        }
        return tools;
    }

}
