package dev.cerberus.langchain4j.testing;

import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.TextGenerator;

/**
 * A generator that passes everything to the script in use, for an application whose tests
 * each set one. Thread-safe.
 */
public final class SwitchedGenerator implements TextGenerator {

    private volatile ScriptedGenerator script = new ScriptedGenerator();

    /**
     * Sets the script.
     * @param value what answers from now on
     * @return the script
     */
    public ScriptedGenerator use(ScriptedGenerator value) {
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
