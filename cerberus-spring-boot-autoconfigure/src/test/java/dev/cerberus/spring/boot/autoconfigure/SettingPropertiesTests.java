package dev.cerberus.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.model.ModelException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class SettingPropertiesTests {

    private static final Pattern PROPERTY = Pattern.compile("cerberus(?:\\.[a-z-]+)+");

    private static final Set<String> PROPERTIES = properties();

    private final ApplicationContextRunner tiny = new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, CerberusAutoConfiguration.class,
                CerberusChatModelAutoConfiguration.class))
        .withPropertyValues(TinyEngine.properties());

    private static Set<String> properties() {
        try (InputStream in = CerberusProperties.class
            .getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Set<String> names = new TreeSet<>();
            for (JsonNode property : new ObjectMapper().readTree(in).get("properties")) {
                names.add(property.get("name").asText());
            }
            return names;
        }
        catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everySettingIsAPropertyOfItsOwn(Setting setting) {
        String told = Advice.of("wrong", Remedy.of("change", setting), Remedy.on(setting))
            .in(SettingProperties.INSTANCE);
        Matcher property = PROPERTY.matcher(told);
        for (String words : List.of("change", "set")) {
            assertThat(property.find()).as(told).isTrue();
            assertThat(property.group()).as(words).isIn(PROPERTIES);
        }
        assertThat(told).doesNotContain("EngineOptions");
    }

    @Test
    void settingsHaveDifferentNames() {
        assertThat(Setting.values()).extracting((setting) -> SettingProperties.INSTANCE.name(setting).orElseThrow())
            .doesNotHaveDuplicates();
    }

    @Test
    void modelThatMayBeFetchedSaysHowThatIsSwitchedOn() {
        new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(CerberusAutoConfiguration.class))
            .withPropertyValues("cerberus.model.location=hf://nobody/nothing", "cerberus.model.cache=target/none")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .hasMessageEndingWith("fetch it with cerberus pull nobody/nothing, or set cerberus.model.download to "
                        + "if-missing"));
    }

    @Test
    void whatDoesNotLoadNamesTheProperty() {
        this.tiny.withPropertyValues("cerberus.model.max-context=100000")
            .run((context) -> assertThat(context.getStartupFailure()).rootCause()
                .isInstanceOf(ModelException.class)
                .hasMessageEndingWith("; lower cerberus.model.max-context"));
    }

    @Test
    void notesNameThePropertyInTheLogAndInTheDescription(CapturedOutput output) {
        this.tiny.withPropertyValues("cerberus.tree.context-lookup=false").run((context) -> {
            String note = "set cerberus.tree.context-lookup to true, or name a file with cerberus.heads.location";
            assertThat(context.getBean(CerberusEngine.class).description().notes()).singleElement()
                .asString()
                .endsWith(note);
            assertThat(output).contains(note).doesNotContain("EngineOptions");
        });
    }

    @Test
    void refusalsNameThePropertyWhicheverBeanIsAsked() {
        this.tiny.withPropertyValues("cerberus.model.max-context=64", "cerberus.chat.template=chatml")
            .run((context) -> {
                String advice = "raise cerberus.model.max-context";
                String text = "x".repeat(70);
                assertThatExceptionOfType(PromptTooLongException.class)
                    .isThrownBy(() -> context.getBean(TextGenerator.class)
                        .generate(GenerationRequest.greedy(new Prompt.Raw(text), 1)))
                    .withMessageContaining(advice);
                assertThatExceptionOfType(InvalidRequestException.class)
                    .isThrownBy(() -> context.getBean(ChatModel.class).chat(UserMessage.from(text)))
                    .withMessageContaining(advice)
                    .withMessageNotContaining("EngineOptions");
            });
    }

}
