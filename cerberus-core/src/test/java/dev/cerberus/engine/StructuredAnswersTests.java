package dev.cerberus.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.decode.FinishReason;
import dev.cerberus.gate.GateMode;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.DemoFixture;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers of real forwards under fifty schemas, greedy and sampled: each parses, fulfils
 * its schema in the eyes of another validator, and is the same whatever was drafted.
 *
 * <p>
 * {@code cerberus.structure.answers} asks for more of them,
 * {@code cerberus.structure.box} for some of the model in the box,
 * {@code cerberus.structure.speed} for tokens a second.
 */
class StructuredAnswersTests {

    private static final Logger LOGGER = LoggerFactory.getLogger(StructuredAnswersTests.class);

    private static final JsonMapper JSON = new JsonMapper();

    private static final SchemaRegistry VALIDATORS = SchemaRegistry
        .withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private static final List<String> TOPICS = List.of("a tall ship", "the number forty", "my sister's garden", "rain",
            "an order of three lamps", "a train to Oslo", "the capital of France", "a blue circle");

    private static final int LONGEST = 120;

    @TempDir
    private Path directory;

    /** What came of some requests. */
    private static final class Tally {

        private final AtomicInteger answers = new AtomicInteger();

        private final AtomicInteger hurried = new AtomicInteger();

        private final AtomicInteger steps = new AtomicInteger();

        private final AtomicInteger plainSteps = new AtomicInteger();

    }

    private static List<JsonNode> schemas() throws IOException {
        try (InputStream in = TokenConstraint.class.getResourceAsStream("schemas.json")) {
            List<JsonNode> schemas = new ArrayList<>();
            JSON.readTree(in).forEach(schemas::add);
            return schemas;
        }
    }

    /** A model of random weights that has the fixture's tokenizer. */
    private Path randomModel() throws IOException {
        TinyModels.writeConfigured("""
                {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "num_key_value_heads": 2,
                 "rope_theta": 1000000.0, "tie_word_embeddings": true, "hidden_size": 32, "intermediate_size": 48,
                 "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 4096,
                 "max_position_embeddings": 1024, "rms_norm_eps": 1e-5, "hidden_act": "silu", "bos_token_id": 0,
                 "eos_token_id": 2}""", this.directory);
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(DemoFixture.model().resolve(file), this.directory.resolve(file));
        }
        return this.directory;
    }

    private static CerberusEngine open(String location) {
        return CerberusEngine.open(EngineOptions.builder(location).device("cpu").build());
    }

    private static GenerationRequest request(JsonNode schema, int number, double temperature, GateMode gate) {
        String topic = TOPICS.get(number % TOPICS.size()) + ((number < TOPICS.size()) ? "" : " " + number);
        Prompt prompt = new Prompt.Chat(List.of(ChatMessage.user("Write JSON about " + topic + ".")), List.of());
        return GenerationRequest.greedy(prompt, LONGEST)
            .withSampling(new SamplingOptions(temperature, 0, 1, number))
            .withGate(GateOptions.DEFAULT.withMode(gate))
            .withFormat(new OutputFormat.JsonSchema(schema.toString()));
    }

    private static void ask(CerberusEngine engine, JsonNode schema, double temperature, int answers, Tally tally) {
        Schema validator = VALIDATORS.getSchema(schema.toString(), InputFormat.JSON);
        for (int number = 0; number < answers; number++) {
            GenerationResult plain = engine.generate(request(schema, number, temperature, GateMode.NEVER));
            GenerationResult drafted = engine.generate(request(schema, number, temperature, GateMode.ALWAYS));
            assertThat(drafted.tokens()).as("%s with drafts and without", drafted.text()).isEqualTo(plain.tokens());
            assertThat(drafted.text()).isEqualTo(plain.text());
            assertThat(drafted.finishReason()).isEqualTo(plain.finishReason());
            requireValid(plain.text(), schema, validator);
            tally.answers.incrementAndGet();
            tally.hurried.addAndGet((plain.finishReason() == FinishReason.LENGTH) ? 1 : 0);
            tally.steps.addAndGet(drafted.statistics().steps());
            tally.plainSteps.addAndGet(plain.statistics().steps());
        }
    }

    private static void requireValid(String text, JsonNode schema, Schema validator) {
        try {
            assertThat(JSON.readTree(text)).as(text).isNotNull();
        }
        catch (IOException ex) {
            throw new UncheckedIOException(text, ex);
        }
        assertThat(validator.validate(text, InputFormat.JSON,
                (context) -> context.executionConfig((config) -> config.formatAssertionsEnabled(true))))
            .as("%s under %s", text, schema)
            .isEmpty();
    }

    private static Tally askAll(String location, int answers) throws Exception {
        Tally tally = new Tally();
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try (CerberusEngine engine = open(location)) {
            List<Future<?>> all = new ArrayList<>();
            List<JsonNode> schemas = schemas();
            int each = Math.max(1, answers / (2 * schemas.size()));
            for (JsonNode schema : schemas) {
                for (double temperature : new double[] { 0, 1 }) {
                    all.add(clients.submit(() -> ask(engine, schema, temperature, each, tally)));
                }
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        finally {
            clients.shutdownNow();
        }
        LOGGER.info(
                "{}: {} answers valid and the same with drafts, {} of them brought to an end before {} tokens; "
                        + "{} steps for {}",
                location, tally.answers, tally.hurried, LONGEST, tally.steps, tally.plainSteps);
        return tally;
    }

    @Test
    void answersOfTheFixtureAndOfRandomWeightsFulfilTheirSchemas() throws Exception {
        int answers = Integer.getInteger("cerberus.structure.answers", 200); // at least
                                                                             // 200
        Tally fixture = askAll(DemoFixture.model().toString(), answers / 2);
        Tally random = askAll(randomModel().toString(), answers / 2);
        assertThat(fixture.answers.get() + random.answers.get()).isGreaterThanOrEqualTo(answers);
        assertThat(fixture.steps.get()).isLessThan(fixture.plainSteps.get());
        assertThat(random.steps.get()).isLessThan(random.plainSteps.get());
    }

    @Test
    void answersOfTheModelInTheBoxFulfilTheirSchemas() throws Exception {
        int answers = Integer.getInteger("cerberus.structure.box", 0);
        Assumptions.assumeTrue(answers > 0, "cerberus.structure.box must say how many answers");
        assertThat(askAll(box(), answers).answers.get()).isGreaterThanOrEqualTo(answers);
    }

    private static String box() {
        return DemoFixture.root().resolveSibling("src/main/resources/smollm2-135m-instruct").toString();
    }

    /** Without schema and drafts, under a schema, and with both. */
    private static GenerationResult[] threeWays(CerberusEngine engine, JsonNode schema, int number) {
        GenerationRequest plain = request(schema, number, 0, GateMode.NEVER);
        GenerationRequest drafting = request(schema, number, 0, GateMode.ADAPTIVE);
        // who comes first finds out about the masks
        GenerationResult first = engine.generate((number % 2 == 0) ? plain : drafting);
        GenerationResult second = engine.generate((number % 2 == 0) ? drafting : plain);
        assertThat(second.tokens()).isEqualTo(first.tokens());
        int length = first.tokens().length;
        GenerationResult free = engine.generate(new GenerationRequest(plain.prompt(), plain.sampling(), length, length,
                List.of(), plain.gate(), plain.shape(), plain.maxNodes(), plain.drafting()));
        return (number % 2 == 0) ? new GenerationResult[] { free, first, second }
                : new GenerationResult[] { free, second, first };
    }

    @Test
    void tokensASecondUnderASchema() throws Exception {
        String which = System.getProperty("cerberus.structure.speed", "");
        Assumptions.assumeFalse(which.isEmpty(), "cerberus.structure.speed must be fixture or box");
        String location = which.equals("box") ? box() : DemoFixture.model().toString();
        double[] tokens = new double[3];
        double[] seconds = new double[3];
        try (CerberusEngine engine = open(location)) {
            List<JsonNode> schemas = schemas();
            for (int number = 0; number <= Integer.getInteger("cerberus.structure.rounds", 2); number++) {
                // the first round warms up
                for (JsonNode schema : (number == 0) ? schemas.subList(0, 10) : schemas) {
                    GenerationResult[] results = threeWays(engine, schema, number);
                    for (int i = 0; number > 0 && i < results.length; i++) {
                        tokens[i] += results[i].tokens().length;
                        seconds[i] += results[i].statistics().decodeSeconds();
                    }
                }
            }
        }
        LOGGER.info(String.format(Locale.ROOT,
                "%s: without schema and drafts %.1f tokens/s, under a schema without drafts %.1f, with drafts %.1f",
                which, tokens[0] / seconds[0], tokens[1] / seconds[1], tokens[2] / seconds[2]));
    }

}
