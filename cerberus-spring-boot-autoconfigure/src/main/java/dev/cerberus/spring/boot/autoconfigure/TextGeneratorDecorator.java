package dev.cerberus.spring.boot.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import dev.cerberus.engine.TextGenerator;

/**
 * A bean that puts something around the generator that the chat models ask, such as an
 * observation of every request. The engine itself stays as it is.
 *
 * <p>
 * Decorators apply in their order; the first is the outermost. Requests, the description
 * and the gate of requests without a profile are asked of the outermost. What else the
 * chat models ask (recommended parameters, marks of calls and thoughts, gates of
 * profiles) they ask the engine, so that a decorator need not pass it on; a request is
 * checked by both.
 */
@FunctionalInterface
public interface TextGeneratorDecorator {

    /**
     * Returns a generator that passes every request on.
     * @param generator the generator to put something around
     * @return a thread-safe generator
     */
    TextGenerator decorate(TextGenerator generator);

    /**
     * Puts all decorators around a generator.
     * @param decorators the decorators, the outermost first
     * @param generator the innermost generator
     * @return the outermost generator
     */
    static TextGenerator apply(Stream<TextGeneratorDecorator> decorators, TextGenerator generator) {
        List<TextGeneratorDecorator> ordered = decorators.toList();
        TextGenerator decorated = generator;
        for (int i = ordered.size() - 1; i >= 0; i--) {
            decorated = ordered.get(i).decorate(decorated);
        }
        return ordered.isEmpty() ? generator : new DecoratedGenerator(decorated, generator);
    }

}
