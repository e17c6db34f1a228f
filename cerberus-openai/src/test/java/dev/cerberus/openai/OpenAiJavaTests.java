package dev.cerberus.openai;

import java.time.Duration;
import java.util.List;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * OpenAI's own Java client against the endpoints.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = { "cerberus.openai.enabled=true", "cerberus.openai.max-body=8KB" })
class OpenAiJavaTests {

    @Autowired
    private SwitchedGenerator script;

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

    private ScriptedGenerator answer(String... pieces) {
        return this.script.use(new ScriptedGenerator().target(pieces));
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model("scripted").addUserMessage("Weather in Rome and Oslo?");
    }

    @Test
    void chatIsAnswered() {
        answer("Hel", "lo");
        ChatCompletion completion = this.client.chat().completions().create(chat().maxCompletionTokens(8).build());
        assertThat(completion.choices().get(0).message().content()).contains("Hello");
        assertThat(completion.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(completion.usage().orElseThrow().totalTokens()).isEqualTo(9);
        assertThat(completion.validate()).isSameAs(completion);
    }

    @Test
    void chatIsStreamed() {
        answer("Hel", "lo");
        StringBuilder text = new StringBuilder();
        long[] tokens = new long[1];
        try (StreamResponse<ChatCompletionChunk> stream = this.client.chat()
            .completions()
            .createStreaming(
                    chat().streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build())) {
            stream.stream().forEach((chunk) -> {
                chunk.validate();
                chunk.choices().forEach((choice) -> choice.delta().content().ifPresent(text::append));
                chunk.usage().ifPresent((usage) -> tokens[0] = usage.totalTokens());
            });
        }
        assertThat(text).hasToString("Hello");
        assertThat(tokens[0]).isEqualTo(9);
    }

    @Test
    void conversationWithTwoToolsRunsThrough() {
        ScriptedGenerator generator = answer(
                "<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\"}}</tool_call>\n"
                        + "<tool_call>{\"name\":\"population\",\"arguments\":{\"city\":\"Oslo\"}}</tool_call>");
        ChatCompletionCreateParams.Builder conversation = chat().addFunctionTool(OpenAiClients.ofCity("weather"))
            .addFunctionTool(OpenAiClients.ofCity("population"));
        ChatCompletion first = this.client.chat().completions().create(conversation.build());
        List<ChatCompletionMessageToolCall> calls = first.choices().get(0).message().toolCalls().orElseThrow();
        assertThat(calls).extracting((call) -> call.asFunction().function().name())
            .containsExactly("weather", "population");
        assertThat(((Prompt.Chat) generator.lastRequest().prompt()).tools()).hasSize(2);
        conversation.addMessage(first.choices().get(0).message());
        calls.forEach((call) -> conversation.addMessage(
                ChatCompletionToolMessageParam.builder().toolCallId(call.asFunction().id()).content("22").build()));
        ScriptedGenerator second = answer("Both are 22.");
        ChatCompletion completion = this.client.chat().completions().create(conversation.build());
        assertThat(completion.choices().get(0).message().content()).contains("Both are 22.");
        assertThat(((Prompt.Chat) second.lastRequest().prompt()).messages()).hasSize(4);
    }

    @Test
    void probabilitiesOfTokensAreRead() {
        answer("Hel", "lo");
        ChatCompletion completion = this.client.chat()
            .completions()
            .create(chat().logprobs(true).topLogprobs(2).frequencyPenalty(0.5).presencePenalty(0.5).build());
        assertThat(completion.choices().get(0).logprobs().orElseThrow().content().orElseThrow())
            .extracting((token) -> token.token() + token.topLogprobs().size())
            .containsExactly("Hel2", "lo2");
    }

    @Test
    void textIsContinued() {
        answer(" upon", " a time");
        Completion completion = this.client.completions()
            .create(CompletionCreateParams.builder().model("scripted").prompt("Once").maxTokens(8).build());
        assertThat(completion.choices().get(0).text()).isEqualTo(" upon a time");
    }

    @Test
    void modelsAreListed() {
        assertThat(this.client.models().list().data()).extracting(Model::id).containsExactly("scripted");
        assertThat(this.client.models().retrieve("scripted").ownedBy()).isEqualTo("cerberus");
    }

    @Test
    void errorsHaveTheirTypes() {
        answer("x");
        assertThatExceptionOfType(BadRequestException.class)
            .isThrownBy(() -> this.client.chat().completions().create(chat().n(2).build()))
            .satisfies((ex) -> assertThat(ex.param()).contains("n"));
        assertThatExceptionOfType(NotFoundException.class)
            .isThrownBy(() -> this.client.chat().completions().create(chat().model("gpt-4o").build()))
            .satisfies((ex) -> assertThat(ex.code()).contains("model_not_found"));
        answer("x").refusing(new QueueFullException(64));
        assertThatExceptionOfType(RateLimitException.class)
            .isThrownBy(() -> this.client.chat().completions().create(chat().build()));
    }

    @Test
    void streamThatIsClosedFreesTheEngine() throws Exception {
        ScriptedGenerator generator = answer("a").endless().pause(Duration.ofMillis(2));
        try (StreamResponse<ChatCompletionChunk> stream = this.client.chat()
            .completions()
            .createStreaming(chat().build())) {
            assertThat(stream.stream().limit(3)).hasSize(3);
        }
        assertThat(generator.awaitCancelled(Duration.ofSeconds(20))).isTrue();
    }

}
