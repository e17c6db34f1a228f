package dev.cerberus.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.constrain.ConstraintException;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.gate.GateMode;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.text.ToolDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Formats that a model of random weights is held to.
 */
class OutputFormatTests {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String SCHEMA = """
            {"type": "object", "required": ["name", "age"], "properties": {
              "name": {"type": "string", "maxLength": 8}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
              "mood": {"enum": ["good", "bad"]}}}""";

    private static final List<ToolDefinition> TOOLS = List
        .of(new ToolDefinition("now", "", "{\"type\":\"object\",\"properties\":{}}"), new ToolDefinition("add", "", """
                {"type":"object","required":["a"],"properties":{"a":{"type":"integer","maximum":99,"minimum":0}}}"""));

    @TempDir
    private static Path directory;

    private static CerberusEngine engine;

    @BeforeAll
    static void open() {
        TinyModels.writeWithTokenizer("qwen2", directory);
        engine = CerberusEngine
            .open(EngineOptions.builder(directory.toString()).precision("fp32").device("cpu").build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static GenerationResult generate(OutputFormat format, double temperature, long seed, GateMode gate) {
        return engine.generate(GenerationRequest.greedy(new Prompt.Raw("hello " + seed), 110)
            .withSampling(new SamplingOptions(temperature, 0, 1, seed))
            .withGate(GateOptions.DEFAULT.withMode(gate))
            .withFormat(format));
    }

    @Test
    void everyAnswerFulfilsTheSchemaAndIsTheSameWithAndWithoutDrafts() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            for (double temperature : new double[] { 0, 1 }) {
                GenerationResult plain = generate(new OutputFormat.JsonSchema(SCHEMA), temperature, seed,
                        GateMode.NEVER);
                GenerationResult drafted = generate(new OutputFormat.JsonSchema(SCHEMA), temperature, seed,
                        GateMode.ALWAYS);
                assertThat(plain.finishReason()).isEqualTo(FinishReason.STOP);
                JsonNode answer = JSON.readTree(plain.text());
                assertThat(answer.get("name").textValue()).hasSizeLessThanOrEqualTo(8);
                assertThat(answer.get("age").intValue()).isBetween(0, 150);
                assertThat(drafted.tokens()).isEqualTo(plain.tokens());
                assertThat(drafted.statistics().steps()).isLessThan(plain.statistics().steps());
            }
        }
    }

    @Test
    void regularExpressionsAreKept() {
        for (int seed = 0; seed < 10; seed++) {
            assertThat(generate(new OutputFormat.Regex("[A-Z]{3}-\\d{4}"), 1, seed, GateMode.ALWAYS).text())
                .matches("[A-Z]{3}-\\d{4}");
        }
    }

    @Test
    void requiredToolCallsNameAToolAndFitItsParameters() throws IOException {
        OutputFormat format = new OutputFormat.ToolCalls(TOOLS, true, Optional.empty());
        for (int seed = 0; seed < 10; seed++) {
            GenerationResult result = generate(new OutputFormat.ToolCalls(TOOLS.subList(0, 1), true, Optional.empty()),
                    1, seed, GateMode.ALWAYS);
            assertThat(result.text()).startsWith("<tool_call>");
            String text = generate(format, 1, seed, GateMode.ALWAYS).text();
            assertThat(text).matches("(?s)<tool_call>[\n ]?\\{\"name\": \"(now|add)\".*");
        }
    }

    @Test
    void oneRequiredCallEndsTheAnswerLongBeforeItsTokensRunOut() {
        OutputFormat format = new OutputFormat.ToolCalls(TOOLS, true, false, Optional.empty());
        for (int seed = 0; seed < 10; seed++) {
            GenerationResult result = generate(format, 1, seed, GateMode.ALWAYS);
            assertThat(result.finishReason()).as(result.text()).isEqualTo(FinishReason.STOP);
            assertThat(result.text()).containsOnlyOnce("<tool_call>").endsWith("</tool_call>");
        }
    }

    @Test
    void strictToolWhoseParametersCanNotBeEnforcedIsRefused() {
        ToolDefinition tool = new ToolDefinition("now", "", "{\"properties\":{\"a\":{\"if\":{}}}}", true);
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> generate(new OutputFormat.ToolCalls(List.of(tool), false, Optional.empty()), 0, 1,
                    GateMode.NEVER))
            .withMessageStartingWith("strict tool 'now': ")
            .withMessageContaining("'if'");
    }

    @Test
    void formatsThatCanNotBeEnforcedAreRefusedBeforeTheyAreQueued() {
        assertThat(engine.awaitIdle(Duration.ofSeconds(10))).isTrue(); // an answer comes
                                                                       // before its place
                                                                       // is free
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> generate(new OutputFormat.JsonSchema("{\"if\": {}}"), 0, 1, GateMode.NEVER))
            .withMessageContaining("'if'");
        assertThat(engine.activeRequests()).isZero();
        assertThat(generate(OutputFormat.JSON_OBJECT, 0, 1, GateMode.NEVER).text()).startsWith("{");
    }

    @Test
    void budgetThatIsTooSmallIsALength() {
        GenerationResult result = engine
            .generate(GenerationRequest.greedy(new Prompt.Raw("x"), 5).withFormat(new OutputFormat.JsonSchema(SCHEMA)));
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(result.text()).isEqualTo("{\"nam");
    }

}
