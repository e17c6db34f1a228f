package dev.cerberus.openai;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/** An application's own way to look for clients, which fails. */
class OpenAiPresenceTests extends AbstractOpenAiHttpTests {

    @ParameterizedTest
    @ValueSource(strings = { "", ",\"stream\":true" })
    void lookThatFailsLeavesNoRequestRunning(String form) throws Exception {
        ScriptedGenerator generator = answer("word").endless().pause(Duration.ofMillis(2));
        assertThat(chat(form).statusCode()).isEqualTo(500);
        assertThat(generator.awaitCancelled(PATIENCE)).isTrue();
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class FailingPresence {

        @Bean
        ClientPresence presence() {
            return (request) -> {
                throw new IllegalStateException("unknown");
            };
        }

    }

}
