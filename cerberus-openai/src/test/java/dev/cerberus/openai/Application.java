package dev.cerberus.openai;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

import dev.cerberus.langchain4j.testing.SwitchedGenerator;

/**
 * An application whose engine is a script that every test sets.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Application {

    @Bean
    SwitchedGenerator script() {
        return new SwitchedGenerator();
    }

}
