package dev.cerberus.spring.boot.autoconfigure;

import dev.langchain4j.model.chat.ChatModel;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * An application under test that loads no model, with mocks in place of ours.
 */
@SpringBootTest(properties = "cerberus.enabled=false")
class WithoutModelTests {

    @MockitoBean
    private CerberusChatModel chatModel;

    @MockitoBean
    private CerberusStreamingChatModel streamingChatModel;

    @Autowired
    private Greeter greeter;

    @Autowired
    private ApplicationContext context;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Greeter greeter(ChatModel model) {
            return new Greeter(model);
        }

    }

    /**
     * What an application makes of a chat model.
     */
    record Greeter(ChatModel model) {

        String greet(String name) {
            return this.model.chat("Greet " + name);
        }

    }

    @Test
    void applicationIsTestedWithoutAModel() {
        given(this.chatModel.chat("Greet Ada")).willReturn("Hello, Ada!");
        assertThat(this.greeter.greet("Ada")).isEqualTo("Hello, Ada!");
        assertThat(this.context.getBeanProvider(CerberusEngine.class)).isEmpty();
        assertThat(this.context.getBeanProvider(TextGenerator.class)).isEmpty();
    }

}
