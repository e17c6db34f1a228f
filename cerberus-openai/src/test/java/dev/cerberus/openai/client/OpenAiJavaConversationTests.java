package dev.cerberus.openai.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.openai.OpenAiClients;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A conversation with two tools and a schema through OpenAI's Java client.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = "cerberus.openai.enabled=true")
class OpenAiJavaConversationTests {

    private static final Map<String, Map<String, Object>> PROPERTIES = new TreeMap<>(
            Map.of("sky", Map.of("type", "string", "enum", List.of("sunny", "cloudy")), "degrees",
                    Map.of("type", "integer"), "time", Map.of("type", "string", "pattern", "^[0-9]{2}:[0-9]{2}$")));

    private static final String REPORT = "{\"degrees\": 22, \"sky\": \"sunny\", \"time\": \"14:35\"}";

    @Autowired
    private CerberusEngine engine;

    @LocalServerPort
    private int port;

    private OpenAIClient client;

    @BeforeEach
    void connect() {
        this.client = OpenAiClients.connect(this.port);
    }

    @AfterEach
    void disconnect() {
        this.client.close();
    }

    private static ChatCompletionCreateParams.Builder question() {
        return ChatCompletionCreateParams.builder()
            .model("traveller")
            .addUserMessage("What is the weather in Rome, and what time is it in Oslo?")
            .addFunctionTool(OpenAiClients.ofCity("weather"))
            .addFunctionTool(OpenAiClients.ofCity("time"));
    }

    private static ResponseFormatJsonSchema report() {
        return ResponseFormatJsonSchema.builder()
            .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                .name("report")
                .strict(true)
                .schema(ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                    .putAdditionalProperty("type", JsonValue.from("object"))
                    .putAdditionalProperty("properties", JsonValue.from(PROPERTIES))
                    .putAdditionalProperty("required", JsonValue.from(List.of("sky", "degrees", "time")))
                    .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                    .build())
                .build())
            .build();
    }

    /** Adds what the model said, and what its calls returned. */
    private static void answerCalls(ChatCompletionCreateParams.Builder conversation, ChatCompletionMessage message) {
        List<ChatCompletionMessageToolCall> calls = message.toolCalls().orElseThrow();
        assertThat(calls).extracting((call) -> call.asFunction().function().name()).containsExactly("weather", "time");
        assertThat(calls).extracting((call) -> call.asFunction().function().arguments(Map.class))
            .containsExactly(Map.of("city", "Rome"), Map.of("city", "Oslo"));
        assertThat(calls).extracting((call) -> call.asFunction().id()).doesNotHaveDuplicates();
        conversation.addMessage(message);
        calls.forEach((call) -> conversation.addMessage(ChatCompletionToolMessageParam.builder()
            .toolCallId(call.asFunction().id())
            .content("sunny, 22, 14:35")
            .build()));
    }

    private static String text(ChatCompletion completion) {
        return completion.choices().get(0).message().content().orElseThrow();
    }

    @Test
    void conversationWithTwoToolsAndASchemaRunsThrough() {
        ChatCompletionCreateParams.Builder conversation = question();
        ChatCompletion first = this.client.chat().completions().create(conversation.build());
        assertThat(first.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        answerCalls(conversation, first.choices().get(0).message());
        ChatCompletion second = this.client.chat().completions().create(conversation.responseFormat(report()).build());
        assertThat(text(second)).isEqualTo(REPORT);
    }

    @Test
    void streamedConversationWithTwoToolsAndASchemaRunsThrough() {
        ChatCompletionCreateParams.Builder conversation = question();
        answerCalls(conversation, streamed(conversation).choices().get(0).message());
        assertThat(text(streamed(conversation.responseFormat(report())))).isEqualTo(REPORT);
    }

    private ChatCompletion streamed(ChatCompletionCreateParams.Builder conversation) {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = this.client.chat()
            .completions()
            .createStreaming(conversation.build())) {
            stream.stream().forEach(whole::accumulate);
        }
        return whole.chatCompletion();
    }

    @Test
    void streamThatIsClosedEndsItsRequestWithinAStep() {
        try (StreamResponse<ChatCompletionChunk> stream = this.client.chat()
            .completions()
            .createStreaming(ChatCompletionCreateParams.builder()
                .model("traveller")
                .addUserMessage("Tell me a story")
                .maxCompletionTokens(2000)
                .build())) {
            assertThat(stream.stream().limit(3)).hasSize(3);
            assertThat(this.engine.activeRequests()).isOne();
        }
        // a step takes 2 ms, the whole story more than two seconds
        assertThat(this.engine.awaitIdle(Duration.ofSeconds(1))).isTrue();
        assertThat(text(this.client.chat()
            .completions()
            .create(ChatCompletionCreateParams.builder().model("traveller").addUserMessage("Hi").build())))
            .startsWith("Hello");
    }

}
