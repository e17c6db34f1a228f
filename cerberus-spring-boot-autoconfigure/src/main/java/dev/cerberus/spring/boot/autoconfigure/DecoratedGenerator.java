package dev.cerberus.spring.boot.autoconfigure;

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
 * A decorated generator that tells of itself what the innermost one does. Thread-safe if
 * both are.
 *
 * @param decorated takes the requests
 * @param innermost what is decorated
 */
/*
 * Most of what a generator tells of itself has a default, which a decorator that does not
 * pass it on has too: a model's calls of tools would be taken for text, silently.
 */
record DecoratedGenerator(TextGenerator decorated, TextGenerator innermost) implements TextGenerator {

    @Override
    public EngineDescription description() {
        return this.decorated.description();
    }

    @Override
    public GenerationDefaults generationDefaults() {
        return this.innermost.generationDefaults();
    }

    @Override
    public AnswerSyntax answerSyntax() {
        return this.innermost.answerSyntax();
    }

    @Override
    public GateOptions gate() {
        return this.decorated.gate();
    }

    @Override
    public GateOptions gate(String profile) {
        return this.innermost.gate(profile);
    }

    @Override
    public void check(GenerationRequest request) {
        this.decorated.check(request);
        this.innermost.check(request);
    }

    @Override
    public GenerationHandle submit(GenerationRequest request, GenerationListener listener) {
        return this.decorated.submit(request, listener);
    }

    @Override
    public GenerationResult generate(GenerationRequest request) {
        return this.decorated.generate(request);
    }

    @Override
    public GenerationResult generate(GenerationRequest request, BiConsumer<String, TokenOrigin> onText) {
        return this.decorated.generate(request, onText);
    }

}
