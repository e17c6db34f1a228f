package dev.cerberus.openai;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.CerberusChatModelAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class OpenAiAutoConfigurationTests {

    private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(CerberusAutoConfiguration.class,
            CerberusChatModelAutoConfiguration.class, OpenAiAutoConfiguration.class);

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
    void applicationWithoutServletsHasNone() {
        new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
            .withBean(TextGenerator.class, ScriptedGenerator::new)
            .withPropertyValues("cerberus.openai.enabled=true")
            .run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("cerberusOpenAiController"));
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
