package dev.cerberus.spring.boot.test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import dev.cerberus.test.ScriptedModel;

/**
 * Auto-configuration of a scripted model, before which the engine's backs off.
 */
@AutoConfiguration(beforeName = "dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration")
final class ScriptedModelAutoConfiguration {

    @Bean
    ScriptedModel scriptedModel(Environment environment) {
        return new ScriptedModel(environment.getProperty("cerberus.model.name", "scripted"));
    }

}
