package dev.cerberus.openai;

import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.CerberusStreamingLanguageModel;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.CerberusChatModelAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class OpenAiAutoConfigurationTests {

    private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(CerberusAutoConfiguration.class,
            CerberusChatModelAutoConfiguration.class, OpenAiAutoConfiguration.class,
            OpenAiReactiveAutoConfiguration.class);

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
        .withConfiguration(CONFIGURATIONS)
        .withBean(TextGenerator.class, ScriptedGenerator::new);

    @Test
    void endpointsAreThereOnlyWhenAskedFor() {
        this.runner.run((context) -> assertThat(context).doesNotHaveBean(OpenAiController.class));
        this.runner.withPropertyValues("cerberus.openai.enabled=true")
            .run((context) -> assertThat(context).hasSingleBean(OpenAiController.class)
                .hasSingleBean(TomcatClientPresence.class));
    }

    @Test
    void withoutChatModelsOrCerberusThereAreNoEndpoints() {
        WebApplicationContextRunner asked = this.runner.withPropertyValues("cerberus.openai.enabled=true");
        asked.withPropertyValues("cerberus.chat.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OpenAiController.class));
        asked.withPropertyValues("cerberus.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OpenAiController.class));
    }

    @Test
    void ownModelsOfADisabledCerberusHaveEndpoints() {
        ScriptedGenerator generator = new ScriptedGenerator();
        new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
            .withPropertyValues("cerberus.enabled=false", "cerberus.openai.enabled=true")
            .withBean(CerberusStreamingChatModel.class, () -> CerberusStreamingChatModel.builder(generator).build())
            .withBean(CerberusStreamingLanguageModel.class,
                    () -> CerberusStreamingLanguageModel.builder(generator).build())
            .run((context) -> assertThat(context).hasNotFailed().hasSingleBean(OpenAiController.class));
    }

    @Test
    void withSeveralModelsAndNoPrimaryOneTheLogTellsWhyThereAreNoEndpoints(CapturedOutput output) {
        WebApplicationContextRunner asked = this.runner.withPropertyValues("cerberus.openai.enabled=true")
            .withInitializer(
                    (context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()));
        String other = ", other none is the one that they are of; make one of them @Primary";
        asked
            .withBean("other", TextGenerator.class, ScriptedGenerator::new, (definition) -> definition.setPrimary(true))
            .run((context) -> assertThat(context).hasSingleBean(OpenAiController.class));
        WebApplicationContextRunner several = asked.withBean("other", TextGenerator.class, ScriptedGenerator::new);
        several.withPropertyValues("cerberus.chat.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OpenAiController.class));
        assertThat(output).doesNotContain("cerberus.openai.enabled");
        several.run((context) -> assertThat(context).hasNotFailed()
            .doesNotHaveBean(OpenAiController.class)
            .doesNotHaveBean(ClientPresence.class));
        assertThat(output)
            .containsOnlyOnce("cerberus.openai.enabled is true, but there are no endpoints: of the beans ")
            .contains(other);
    }

    @ParameterizedTest
    @ValueSource(strings = { "0", "-1" })
    void sizeThatNoBodyHasIsRefusedByItsProperty(String size) {
        this.runner.withPropertyValues("cerberus.openai.enabled=true", "cerberus.openai.max-body=" + size)
            .run((context) -> assertThat(context).getFailure()
                .rootCause()
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("cerberus.openai.max-body")
                .hasMessageContaining("must be at least 1B, such as 1MB"));
    }

    @Test
    void applicationWithoutServletsHasNone() {
        new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
            .withBean(TextGenerator.class, ScriptedGenerator::new)
            .withPropertyValues("cerberus.openai.enabled=true")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("cerberusOpenAiController"));
    }

    @Test
    void applicationWithWebFluxIsToldWhyThereAreNoEndpoints(CapturedOutput output) {
        // all of WebFlux that Spring Boot looks for
        ClassLoader webFlux = new ByteBuddy().subclass(Object.class)
            .name("org.springframework.web.reactive.HandlerResult")
            .make()
            .load(getClass().getClassLoader())
            .getLoaded()
            .getClassLoader();
        ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
            .withClassLoader(webFlux)
            .withConfiguration(CONFIGURATIONS)
            .withBean(TextGenerator.class, ScriptedGenerator::new)
            .withInitializer(
                    (context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()));
        reactive.run((context) -> assertThat(context).hasNotFailed());
        reactive.withPropertyValues("cerberus.openai.enabled=true", "cerberus.chat.enabled=false")
            .run((context) -> assertThat(context).hasNotFailed());
        this.runner.withPropertyValues("cerberus.openai.enabled=true")
            .run((context) -> assertThat(context).hasSingleBean(OpenAiController.class));
        assertThat(output).doesNotContain("cerberus.openai.enabled");
        reactive.withPropertyValues("cerberus.openai.enabled=true")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(OpenAiController.class));
        assertThat(output).containsOnlyOnce("cerberus.openai.enabled is true, but there are no endpoints: they are for "
                + "Spring MVC, and this application is one of WebFlux; use spring-boot-starter-webmvc");
    }

    @Test
    void otherServersDoWithoutTomcat() {
        this.runner.withPropertyValues("cerberus.openai.enabled=true")
            .withClassLoader(new FilteredClassLoader("org.apache.catalina", "org.springframework.boot.tomcat"))
            .run((context) -> assertThat(context).hasNotFailed()
                .hasSingleBean(OpenAiController.class)
                .doesNotHaveBean(ClientPresence.class));
    }

    @Test
    void ownPresenceReplacesOurs() {
        this.runner.withPropertyValues("cerberus.openai.enabled=true")
            .withBean("own", ClientPresence.class, () -> (request) -> true)
            .run((context) -> assertThat(context).hasSingleBean(ClientPresence.class));
    }

}
