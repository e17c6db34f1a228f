package dev.cerberus.openai;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

/**
 * An application whose engine is a script that every test sets.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Application {

    @Bean
    Script script() {
        return new Script();
    }

    /**
     * A generator that passes everything to the script in use.
     */
    static final class Script implements TextGenerator {

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
