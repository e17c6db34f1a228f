package dev.cerberus.spring.boot.autoconfigure.observation;

import java.util.function.BiConsumer;

import dev.cerberus.decode.TokenOrigin;
import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationHandle;
import dev.cerberus.engine.GenerationListener;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.TextGenerator;
import dev.cerberus.hf.GenerationDefaults;
import dev.cerberus.text.AnswerSyntax;

/**
 * A generator that passes everything on. Thread-safe if the other one is.
 */
abstract class DelegatingGenerator implements TextGenerator {

    private final TextGenerator delegate;

    DelegatingGenerator(TextGenerator delegate) {
        this.delegate = delegate;
    }

    @Override
    public EngineDescription description() {
        return this.delegate.description();
    }

    @Override
    public GenerationDefaults generationDefaults() {
        return this.delegate.generationDefaults();
    }

    @Override
    public AnswerSyntax answerSyntax() {
        return this.delegate.answerSyntax();
    }

    @Override
    public GateOptions gate() {
        return this.delegate.gate();
    }

    @Override
    public GateOptions gate(String profile) {
        return this.delegate.gate(profile);
    }

    @Override
    public void check(GenerationRequest request) {
        this.delegate.check(request);
    }

    @Override
    public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
        return this.delegate.submit(request, listener);
    }

    @Override
    public GenerationResult generate(GenerationRequest request) {
        return generate(request, (text, origin) -> {
        });
    }

    @Override
    public GenerationResult generate(GenerationRequest request, BiConsumer<String, TokenOrigin> onText) {
        return this.delegate.generate(request, onText);
    }

}
