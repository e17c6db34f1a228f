package dev.cerberus.sampleapp;

import java.lang.reflect.Constructor;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.QueueFullException;

/**
 * The exceptions of an engine that only the engine itself can make.
 */
final class Refusals {

    private Refusals() {
    }

    static RuntimeException queueFull() {
        return make(QueueFullException.class, int.class, 64);
    }

    static RuntimeException closed() {
        try {
            Constructor<EngineClosedException> constructor = EngineClosedException.class.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        }
        catch (ReflectiveOperationException ex) {
            throw new IllegalStateException(ex);
        }
    }

    static RuntimeException tooLong() {
        return new PromptTooLongException(2000, 1024);
    }

    private static RuntimeException make(Class<? extends RuntimeException> type, Class<?> parameter, Object argument) {
        try {
            Constructor<? extends RuntimeException> constructor = type.getDeclaredConstructor(parameter);
            constructor.setAccessible(true);
            return constructor.newInstance(argument);
        }
        catch (ReflectiveOperationException ex) {
            throw new IllegalStateException(ex);
        }
    }

}
