package dev.cerberus.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.testing.DemoFixture;
import dev.cerberus.text.AnswerParser;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ToolDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Formats and tools that are wrong, huge or odd: each is refused before it is queued or
 * kept to, nothing of it stays, and the next request is served.
 */
class BadFormatTests {

    private static final JsonMapper JSON = new JsonMapper();

    private static final OutputFormat COLOUR = new OutputFormat.JsonSchema("{\"enum\":[\"red\",\"green\"]}");

    private static CerberusEngine engine;

    @BeforeAll
    static void open() {
        engine = CerberusEngine
            .open(EngineOptions.builder(DemoFixture.model().toString()).precision("fp32").device("cpu").build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @AfterEach
    void nextRequestIsServed() {
        assertThat(engine.awaitIdle(Duration.ofSeconds(10))).isTrue(); // an answer comes
                                                                       // before its place
                                                                       // is free
        assertThat(engine.activeRequests()).isZero();
        assertThat(engine.queuedRequests()).isZero();
        assertThat(engine.cachedTokens()).isZero();
        assertThat(answer(COLOUR, 20).text()).isIn("\"red\"", "\"green\"");
    }

    private static GenerationResult answer(OutputFormat format, int tokens) {
        return engine.generate(
                GenerationRequest.greedy(new Prompt.Chat(List.of(ChatMessage.user("Name one")), List.of()), tokens)
                    .withFormat(format));
    }

    private static OutputFormat schema(String json) {
        return new OutputFormat.JsonSchema(json);
    }

    static Stream<Arguments> refused() {
        String alternatives = IntStream.range(0, 16)
            .mapToObj((i) -> "{\"required\":[\"r" + i + "\"]}")
            .collect(Collectors.joining(",", "{\"anyOf\":[", "]}"));
        String nested = IntStream.range(0, 1000)
            .mapToObj((i) -> "{\"properties\":{\"p" + i
                    + "\":{\"minLength\":1,\"maxLength\":9,\"pattern\":\"^(a|b)*a(a|b){9}$\"}}}")
            .collect(Collectors.joining(",", "{\"allOf\":[", "]}"));
        return Stream.of(
                arguments("recursion without end",
                        schema("{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"$ref\":\"#\"}}}"),
                        "no finite instance"),
                arguments("contradiction", schema("{\"type\":\"integer\",\"minimum\":5,\"maximum\":3}"),
                        "can not be fulfilled"),
                arguments("5000 keywords that need too long", schema(nested), "to compile"),
                arguments("alternatives that multiply",
                        schema("{\"allOf\":[" + String.join(",", alternatives, alternatives, alternatives, alternatives)
                                + "]}"),
                        "combinations"),
                arguments("exploding pattern of a schema",
                        schema("{\"type\":\"string\",\"pattern\":\"(a|b)*a(a|b){30}$\"}"), "states"),
                arguments("exploding regular expression", new OutputFormat.Regex("(a|b)*a(a|b){30}"), "states"),
                arguments("no regular expression", new OutputFormat.Regex("(a"), "(a"),
                arguments("unsupported keyword", schema("{\"properties\":{\"a\":{\"if\":{}}}}"), "'if'"),
                arguments("no JSON", schema("{\"type\":"), "not JSON"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void formatIsRefusedWithItsReason(String name, OutputFormat format, String reason) {
        long start = System.nanoTime();
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> answer(format, 50))
            .withMessageContaining(reason);
        assertThat((System.nanoTime() - start) / 1e9).as("seconds").isLessThan(15);
    }

    @Test
    void tenThousandValuesAreKeptTo() throws Exception {
        String values = IntStream.range(0, 10_000)
            .mapToObj((i) -> "\"value-" + i * 7919L + "\"")
            .collect(Collectors.joining(","));
        JsonNode answer = JSON.readTree(answer(schema("{\"enum\":[" + values + "]}"), 60).text());
        String number = answer.textValue().substring("value-".length());
        assertThat(Long.parseLong(number) % 7919).isZero();
    }

    @Test
    void namesWithQuotesAndEmojiAreWritten() throws Exception {
        String text = answer(schema("""
                {"type":"object","required":["say \\"hi\\"","🙂"],"additionalProperties":false,
                 "properties":{"say \\"hi\\"":{"type":"boolean"},"🙂":{"enum":[1,2]}}}"""), 80).text();
        assertThat(JSON.readTree(text).properties()).extracting((entry) -> entry.getKey())
            .containsExactly("say \"hi\"", "🙂");
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 5, 12 })
    void schemaThatTheBudgetCanNotFulfilEndsWithLength(int tokens) {
        GenerationResult result = answer(schema("""
                {"type":"object","required":["name","street","city"],"properties":{
                 "name":{"type":"string","minLength":40},"street":{"type":"string"},"city":{"type":"string"}}}"""),
                tokens);
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(result.tokens()).hasSize(tokens);
    }

    @Test
    void twoToolsOfOneNameAreRefused() {
        ToolDefinition tool = new ToolDefinition("now", "", "{\"type\":\"object\"}");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new OutputFormat.ToolCalls(List.of(tool, tool), true, Optional.empty()))
            .withMessage("two tools have the name 'now'; rename one");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"type\":\"object\",\"properties\":{}}", "{}", "{\"type\":\"object\"}",
            "{\"type\":\"object\",\"properties\":{\"a\":{\"if\":{}}}}", "{\"type\":\"string\"}" })
    void toolsWithoutParametersThatCanBeEnforcedAreCalledWithAnObject(String parameters) throws Exception {
        ToolDefinition tool = new ToolDefinition("now", "Returns the time", parameters);
        Prompt prompt = new Prompt.Chat(List.of(ChatMessage.user("What time is it?")), List.of(tool));
        GenerationResult result = engine.generate(GenerationRequest.greedy(prompt, 300)
            .withFormat(new OutputFormat.ToolCalls(List.of(tool), true, Optional.empty())));
        List<ChatMessage.ToolCall> calls = calls(result.text(), tool);
        assertThat(calls).as(result.text()).isNotEmpty();
        for (ChatMessage.ToolCall call : calls) {
            assertThat(call.name()).isEqualTo("now");
            assertThat(JSON.readTree(call.argumentsJson()).isObject()).isTrue();
        }
    }

    private static List<ChatMessage.ToolCall> calls(String answer, ToolDefinition tool) {
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        AnswerParser parser = engine.answerSyntax().parser(List.of(tool));
        AnswerParser.Parts parts = new AnswerParser.Parts() {

            @Override
            public void onText(String text) {
                assertThat(text).isBlank();
            }

            @Override
            public void onThought(String text) {
                throw new AssertionError(text);
            }

            @Override
            public void onToolCall(ChatMessage.ToolCall call) {
                calls.add(call);
            }

        };
        parser.accept(answer, parts);
        parser.finish(parts);
        return calls;
    }

    @Test
    void argumentsOfAnEarlierCallThatAreNoObjectAreShownAsTheyWere() {
        ToolDefinition tool = new ToolDefinition("now", "", "{\"type\":\"object\",\"properties\":{}}");
        for (String arguments : List.of("", "3", "[1]", "{\"a\":", "\"{\"")) {
            Prompt prompt = new Prompt.Chat(List.of(ChatMessage.user("What time is it?"),
                    ChatMessage.assistant("", List.of(new ChatMessage.ToolCall("c1", "now", arguments))),
                    ChatMessage.tool("c1", "now", "noon")), List.of(tool));
            assertThat(engine.generate(GenerationRequest.greedy(prompt, 20).withFormat(COLOUR)).text()).isIn("\"red\"",
                    "\"green\"");
        }
    }

}
