package dev.cerberus.spring.boot.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.EngineOptions.HeadsOptions;
import dev.cerberus.engine.EngineOptions.MemoryOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CerberusPropertiesTests {

    private static CerberusProperties bind(Map<String, ?> values) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("cerberus",
                CerberusProperties.class);
    }

    private static EngineOptions engineOptions(Map<String, ?> values) {
        return new PropertiesMapper(bind(values)).engineOptions("somewhere").build();
    }

    private static CerberusChatRequestParameters chatParameters(Map<String, ?> values) {
        return new PropertiesMapper(bind(values)).chatParameters();
    }

    @Test
    void defaultsAreThoseOfTheEngineAndTheChatModels() {
        assertThat(engineOptions(Map.of()))
            .isEqualTo(EngineOptions.builder("somewhere").settingNames(SettingProperties.INSTANCE).build());
        // What is left open is the model's to recommend, and else the default.
        CerberusChatRequestParameters open = chatParameters(Map.of());
        assertThat(open.temperature()).isNull();
        assertThat(CerberusChatRequestParameters.DEFAULTS.overrideWith(open))
            .isEqualTo(CerberusChatRequestParameters.DEFAULTS);
        assertThat(bind(Map.of()).enabled()).isTrue();
    }

    @Test
    void everyPropertyReachesTheEngine() {
        Map<String, String> values = new HashMap<>(
                Map.of("cerberus.model.name", "mine", "cerberus.model.precision", "bf16", "cerberus.model.max-context",
                        "300", "cerberus.device", "cuda:1", "cerberus.heads.location", "heads.safetensors",
                        "cerberus.heads.count", "2", "cerberus.tree.shape", "2,1", "cerberus.tree.max-nodes", "9",
                        "cerberus.memory.location", "memory.safetensors", "cerberus.memory.live", "true"));
        values.putAll(Map.of("cerberus.model.download", "if-missing", "cerberus.model.cache", "fetched",
                "cerberus.model.mirror", "http://mirror.example"));
        values.putAll(Map.of("cerberus.tree.context-lookup", "false", "cerberus.gate.mode", "threshold",
                "cerberus.gate.signal", "top1-margin", "cerberus.gate.threshold", "0.3", "cerberus.gate.calibration",
                "calibration.json", "cerberus.chat.template", "chatml", "cerberus.engine.queue-capacity", "3",
                "cerberus.engine.max-concurrent", "2", "cerberus.engine.request-timeout", "9s",
                "cerberus.engine.threads", "4"));
        values.putAll(Map.of("cerberus.chat.template-variables.enable_thinking", "false",
                "cerberus.chat.template-variables.reasoning_effort", "low"));
        values.put("cerberus.engine.max-input-characters", "5000");
        values.put("cerberus.engine.kv-cache-tokens", "4096");
        values.put("cerberus.engine.prefix-cache", "false");
        values.put("cerberus.model.weights-cache", "rounded");
        assertThat(engineOptions(values)).isEqualTo(new EngineOptions("somewhere",
                new EngineOptions.HubOptions(true, Optional.of("fetched"), Optional.of("http://mirror.example")),
                Optional.of("mine"), "bf16", OptionalInt.of(300), "cuda:1",
                new HeadsOptions(true, Optional.of("heads.safetensors"), OptionalInt.of(2)),
                new MemoryOptions(true, Optional.of("memory.safetensors"), true), Optional.of(TreeShape.parse("2,1")),
                OptionalInt.of(9), false, new GateOptions(GateMode.THRESHOLD, GateSignal.TOP1_MARGIN, 0.3), Map.of(),
                Optional.of("calibration.json"), Optional.of("chatml"),
                Map.of("enable_thinking", false, "reasoning_effort", "low"), 3, 2, Duration.ofSeconds(9),
                OptionalInt.of(5000), OptionalInt.of(4096), false, Optional.of("rounded"), OptionalInt.of(4),
                SettingProperties.INSTANCE));
    }

    /** Which is why docs/models.md names SPRING_APPLICATION_JSON. */
    @Test
    void templateVariableWithAnUnderscoreCanNotBeAVariableOfTheSystemButJson() {
        assertThat(templateVariables("CERBERUS_CHAT_TEMPLATEVARIABLES_ENABLE_THINKING", "false"))
            .doesNotContainKey("enable_thinking");
        assertThat(templateVariables("SPRING_APPLICATION_JSON",
                "{\"cerberus.chat.template-variables.enable_thinking\": false}"))
            .isEqualTo(Map.of("enable_thinking", false));
    }

    @Test
    void templateVariableMayBeAList() {
        Map<String, Object> values = Map.of("cerberus.chat.template-variables.builtin_tools[0]", "brave_search",
                "cerberus.chat.template-variables.builtin_tools[1]", "wolfram_alpha",
                "cerberus.chat.template-variables.documents[0].title", "Ada",
                "cerberus.chat.template-variables.documents[0].short", "true",
                "cerberus.chat.template-variables.years.1815", "born");
        assertThat(engineOptions(values).templateVariables())
            .isEqualTo(Map.of("builtin_tools", List.of("brave_search", "wolfram_alpha"), "documents",
                    List.of(Map.of("title", "Ada", "short", true)), "years", Map.of("1815", "born")));
    }

    private static Map<String, Object> templateVariables(String variable, String value) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources()
            .replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(variable, value)));
        new SpringApplicationJsonEnvironmentPostProcessor().postProcessEnvironment(environment,
                new SpringApplication());
        return Binder.get(environment).bindOrCreate("cerberus", CerberusProperties.class).chat().templateVariables();
    }

    @Test
    void headsLocationNoneMeansNoHeadsOnPurpose() {
        assertThat(engineOptions(Map.of("cerberus.heads.location", "none")).heads().enabled()).isFalse();
    }

    @Test
    void everyChatPropertyReachesTheRequests() {
        assertThat(chatParameters(Map.ofEntries(Map.entry("cerberus.chat.temperature", "0.7"),
                Map.entry("cerberus.chat.top-p", "0.9"), Map.entry("cerberus.chat.top-k", "40"),
                Map.entry("cerberus.chat.min-p", "0.05"), Map.entry("cerberus.chat.frequency-penalty", "0.2"),
                Map.entry("cerberus.chat.presence-penalty", "-0.1"), Map.entry("cerberus.chat.max-output-tokens", "99"),
                Map.entry("cerberus.chat.seed", "5"), Map.entry("cerberus.chat.stop-sequences", "END,STOP"),
                Map.entry("cerberus.chat.repetition-penalty", "1.1"))))
            .isEqualTo(CerberusChatRequestParameters.builder()
                .temperature(0.7)
                .topP(0.9)
                .topK(40)
                .minP(0.05)
                .frequencyPenalty(0.2)
                .presencePenalty(-0.1)
                .maxOutputTokens(99)
                .seed(5L)
                .repetitionPenalty(1.1)
                .stopSequences(List.of("END", "STOP"))
                .build());
    }

    @Test
    void aLimitThatTheModelRecommendsCanBeLifted() {
        assertThat(chatParameters(Map.of("cerberus.chat.top-k", "0")).topK()).isZero();
    }

    @Test
    void entropySignalTakesTheEntropyThreshold() {
        assertThat(engineOptions(Map.of("cerberus.gate.mode", "threshold", "cerberus.gate.signal", "vocab-entropy",
                "cerberus.gate.entropy-threshold", "1.25", "cerberus.gate.threshold", "0.1"))
            .gate()).isEqualTo(new GateOptions(GateMode.THRESHOLD, GateSignal.VOCAB_ENTROPY, 1.25));
    }

    @Test
    void fileWithEveryKeyLeftAsDocumentedMeansTheDefaults() throws Exception {
        String yaml = """
                cerberus:
                  enabled: true
                  model:
                    location:
                    name:
                    precision: auto
                    max-context:
                  device: auto
                  heads:
                    location:
                    count:
                  memory:
                    location:
                  tree:
                    shape: auto
                    max-nodes:
                    context-lookup: true
                  gate:
                    mode: adaptive
                    signal: head-entropy
                    entropy-threshold:
                    threshold:
                    calibration:
                  chat:
                    temperature: 0
                    top-p:
                    top-k:
                    repetition-penalty:
                    max-output-tokens: 512
                    seed:
                    stop-sequences:
                    template:
                  engine:
                    queue-capacity: 64
                    max-concurrent: 8
                    request-timeout: 2m
                    max-input-characters:
                    kv-cache-tokens:
                    prefix-cache: true
                    threads:
                """;
        EnumerablePropertySource<?> source = (EnumerablePropertySource<?>) new YamlPropertySourceLoader()
            .load("yaml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
            .get(0);
        Map<String, Object> values = new HashMap<>();
        for (String name : source.getPropertyNames()) {
            values.put(name, source.getProperty(name));
        }
        assertThat(values).hasSize(32);
        assertThat(engineOptions(values))
            .isEqualTo(EngineOptions.builder("somewhere").settingNames(SettingProperties.INSTANCE).build());
        assertThat(chatParameters(values)).isEqualTo(CerberusChatRequestParameters.DEFAULTS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cerberus.model.precision          | int4  | must be one of auto, fp32, bf16, fp16, int8
            cerberus.model.max-context        | 0     | must be at least 1
            cerberus.device                   | gpu   | must be auto, cpu, cuda or cuda:N
            cerberus.heads.count              | 17    | must be in 1..16
            cerberus.tree.shape               | 4,x   | must be auto, a branching list such as 4,2,1, or paths
            cerberus.tree.shape               | 4,0   | must be auto, a branching list such as 4,2,1, or paths
            cerberus.tree.max-nodes           | 0     | must be in 1..256
            cerberus.tree.max-nodes           | 257   | must be in 1..256
            cerberus.gate.entropy-threshold   | -1    | must be at least 0 nats
            cerberus.gate.threshold           | -1    | must be at least 0
            cerberus.chat.temperature         | -0.1  | must be in 0..100
            cerberus.chat.top-p               | 0     | must be greater than 0 and at most 1
            cerberus.chat.top-p               | 1.1   | must be greater than 0 and at most 1
            cerberus.chat.top-k               | -1    | must be at least 1, or 0 for no limit
            cerberus.chat.repetition-penalty  | 0     | must be greater than 0 and at most 10
            cerberus.chat.repetition-penalty  | 10.5  | must be greater than 0 and at most 10
            cerberus.chat.min-p               | 1.1   | must be in 0..1
            cerberus.chat.frequency-penalty   | 10.1  | must be in -10..10
            cerberus.chat.presence-penalty    | -11   | must be in -10..10
            cerberus.chat.max-output-tokens   | 0     | must be at least 1
            cerberus.engine.queue-capacity    | 0     | must be at least 1
            cerberus.engine.max-concurrent    | 0     | must be at least 1
            cerberus.engine.request-timeout   | 0s    | must be positive
            cerberus.engine.max-input-characters | 0  | must be at least 1
            cerberus.engine.kv-cache-tokens      | 1  | must be at least 2
            cerberus.engine.threads           | 0     | must be in 1..1024
            cerberus.engine.threads           | 1025  | must be in 1..1024
            """)
    void illegalValueIsRefusedByNameValueAndRange(String name, String value, String allowed) {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(() -> {
            engineOptions(Map.of(name, value));
            chatParameters(Map.of(name, value));
        }).withMessageContaining(name).satisfies((ex) -> {
            assertThat(ex.getName()).isEqualTo(name);
            assertThat(String.valueOf(ex.getValue())).isIn(value, value + ".0", "PT0S");
            assertThat(ex.getReason()).contains(allowed);
        });
    }

    @Test
    void emptyStopSequenceIsRefused() {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
            .isThrownBy(() -> chatParameters(
                    Map.of("cerberus.chat.stop-sequences[0]", "END", "cerberus.chat.stop-sequences[1]", "")))
            .withMessageContaining("cerberus.chat.stop-sequences");
    }

    @Test
    void thresholdLeftOpenIsLeftToTheEngine() {
        GateOptions gate = engineOptions(
                Map.of("cerberus.gate.mode", "threshold", "cerberus.gate.signal", "head-confidence"))
            .gate();
        assertThat(gate.ownThreshold()).isEmpty();
        assertThat(gate.threshold()).isEqualTo(0.5);
    }

    @Test
    void profilesTakeWhatTheyLeaveOpenFromTheGate() {
        Map<String, GateOptions> profiles = engineOptions(Map.of("cerberus.gate.mode", "threshold",
                "cerberus.gate.signal", "top1-margin", "cerberus.gate.threshold", "0.3",
                "cerberus.gate.profiles.code.mode", "always", "cerberus.gate.profiles.chat.signal", "head-entropy",
                "cerberus.gate.profiles.chat.entropy-threshold", "1.5"))
            .profiles();
        assertThat(profiles).containsOnly(
                Map.entry("code", new GateOptions(GateMode.ALWAYS, GateSignal.TOP1_MARGIN, 0.3).withProfile("code")),
                Map.entry("chat",
                        new GateOptions(GateMode.THRESHOLD, GateSignal.HEAD_ENTROPY, 1.5).withProfile("chat")));
    }

    @Test
    void illegalValueOfAProfileIsRefusedByName() {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
            .isThrownBy(() -> engineOptions(Map.of("cerberus.gate.profiles.code.entropy-threshold", "-1")))
            .withMessageContaining("cerberus.gate.profiles.code.entropy-threshold");
    }

    @Test
    void thresholdThatAProfileTakesFromTheGateIsRefusedByTheNameUnderWhichItWasSet() {
        Map<String, String> values = Map.of("cerberus.gate.signal", "tree-expectation", "cerberus.gate.threshold", "3",
                "cerberus.gate.profiles.code.signal", "head-confidence");
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
            .isThrownBy(() -> engineOptions(values))
            .satisfies((refusal) -> {
                assertThat(refusal.getName()).isEqualTo("cerberus.gate.threshold");
                assertThat(refusal.getReason()).isEqualTo("must be in 0..1 for cerberus.gate.profiles.code.signal "
                        + "head-confidence, unless cerberus.gate.profiles.code.threshold is set");
            });
    }

    @Test
    void probabilitySignalsHaveNoThresholdAboveOne() {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(
                () -> engineOptions(Map.of("cerberus.gate.signal", "top1-margin", "cerberus.gate.threshold", "1.5")))
            .withMessageContaining("0..1");
        assertThat(engineOptions(Map.of("cerberus.gate.signal", "tree-expectation", "cerberus.gate.threshold", "1.5"))
            .gate()
            .threshold()).isEqualTo(1.5);
    }

}
