package dev.cerberus.sampleapp;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

import dev.cerberus.langchain4j.testing.SwitchedGenerator;

/**
 * Replaces the engine by a script that every test sets.
 */
@TestConfiguration(proxyBeanMethods = false)
class ScriptedEngine {

    /** A script has no health, which the readiness group names. */
    static final String NO_HEALTH = "management.endpoint.health.validate-group-membership=false";

    @Bean
    SwitchedGenerator scriptedEngineSwitch() {
        return new SwitchedGenerator();
    }

}
