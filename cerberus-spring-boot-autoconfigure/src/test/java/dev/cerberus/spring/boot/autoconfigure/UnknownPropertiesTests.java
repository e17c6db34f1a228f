package dev.cerberus.spring.boot.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

class UnknownPropertiesTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(CerberusAutoConfiguration.class))
        .withBean(TextGenerator.class, ScriptedGenerator::new);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cerberus.modle.location            | cerberus.model.location
            cerberus.model.loaction            | cerberus.model.location
            cerberus.model.precison            | cerberus.model.precision
            cerberus.gate.entropy-treshold     | cerberus.gate.entropy-threshold
            cerberus.engine.queuecapacity2     | cerberus.engine.queue-capacity
            cerberus.chat.max-tokens           | cerberus.chat.max-output-tokens
            cerberus.gate.profiles.code.mod    | cerberus.gate.profiles.code.mode
            """)
    void misspeltKeyStopsTheStartWithTheNearestName(String key, String nearest) {
        this.runner.withPropertyValues(key + "=1")
            .run((context) -> assertThat(context).getFailure()
                .isInstanceOf(UnknownPropertyException.class)
                .hasMessageContaining("there is no property " + key)
                .hasMessageContaining("did you mean " + nearest + "?"));
    }

    @Test
    void keyLikeNoOtherIsToBeRemoved() {
        this.runner.withPropertyValues("cerberus.quantum-flux.capacitor=1")
            .run((context) -> assertThat(context).getFailure()
                .hasMessageContaining("cerberus.quantum-flux.capacitor")
                .hasMessageContaining("remove it"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "cerberus.chat.stop-sequences[0]=x", "cerberus.chat.stopSequences=x,y",
            "cerberus.chat.template-variables.enable_thinking=false", "cerberus.gate.profiles.code.mode=never",
            "cerberus.gate.profiles.my-task.entropy-threshold=1", "cerberus.model.max_context=8", "cerberusly.x=1" })
    void keysInEverySpellingThatIsReadAreTaken(String property) {
        this.runner.withPropertyValues(property).run((context) -> assertThat(context).hasNotFailed());
    }

    /** As in YAML where all keys of a group are commented out. */
    @ParameterizedTest
    @ValueSource(strings = { "cerberus.model=", "cerberus.heads=", "cerberus.chat=", "cerberus.gate.profiles.code=",
            "cerberus=" })
    void groupWithNothingInItIsTaken(String property) {
        this.runner.withPropertyValues(property).run((context) -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(CerberusProperties.class).model().precision()).isEqualTo("auto");
        });
    }

    @Test
    void groupWithAValueIsRefused() {
        this.runner.withPropertyValues("cerberus.model=/models/x")
            .run((context) -> assertThat(context).getFailure()
                .hasMessageStartingWith("there is no property cerberus.model "));
    }

    @Test
    void variablesOfThePlatformAreLeftAlone() {
        this.runner
            .withInitializer((context) -> context.getEnvironment()
                .getPropertySources()
                .replace("systemEnvironment",
                        new SystemEnvironmentPropertySource("systemEnvironment",
                                Map.of("CERBERUS_PORT_8080_TCP", "tcp://10.0.0.1:8080"))))
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void disabledMeansNoCheck() {
        this.runner.withPropertyValues("cerberus.enabled=false", "cerberus.modle=1")
            .run((context) -> assertThat(context).hasNotFailed());
    }

    @Test
    void failureIsAnalyzedWithKeyAndAdvice() {
        this.runner.withPropertyValues("cerberus.model.loaction=/models/x").run((context) -> {
            FailureAnalysis analysis = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, FailureHandler.handleMessage((message, failure) -> {
                }))
                .stream()
                .filter((each) -> each.getClass().getSimpleName().startsWith("UnknownProperty"))
                .findFirst()
                .orElseThrow()
                .analyze(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("cerberus.model.loaction");
            assertThat(analysis.getAction()).contains("cerberus.model.loaction -> cerberus.model.location");
        });
    }

}
