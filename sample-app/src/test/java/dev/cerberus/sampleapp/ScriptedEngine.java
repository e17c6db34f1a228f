package dev.cerberus.sampleapp;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

/**
 * Replaces the engine by a script that every test sets.
 */
@TestConfiguration(proxyBeanMethods = false)
class ScriptedEngine {

    /** A script has no health, which the readiness group names. */
    static final String NO_HEALTH = "management.endpoint.health.validate-group-membership=false";

    @Bean
    Switch scriptedEngineSwitch() {
        return new Switch();
    }

    /**
     * A generator that passes everything to the script in use.
     */
    static final class Switch implements TextGenerator {

        private volatile ScriptedGenerator script = new ScriptedGenerator();

        ScriptedGenerator use(ScriptedGenerator value) {
            this.script = value;
            return value;
        }

        @Override
        public EngineDescription description() {
            return this.script.description();
        }

        @Override
        public GateOptions gate() {
            return this.script.gate();
        }

        @Override
        public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
            return this.script.submit(request, listener);
        }

    }

}
