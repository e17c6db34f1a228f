package dev.cerberus.langchain4j.testing;

import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.Set;

import dev.cerberus.engine.EngineClosedException;
import dev.cerberus.engine.EngineFailedException;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.engine.RequestTimeoutException;
import dev.cerberus.engine.UnknownProfileException;

/**
 * The exceptions that only an engine itself makes.
 */
public final class EngineRefusals {

    private EngineRefusals() {
    }

    public static RuntimeException queueFull() {
        return make(QueueFullException.class, new Class<?>[] { int.class }, 64);
    }

    public static RuntimeException timeout() {
        return make(RequestTimeoutException.class, new Class<?>[] { Duration.class }, Duration.ofSeconds(2));
    }

    public static RuntimeException closed() {
        return make(EngineClosedException.class, new Class<?>[0]);
    }

    public static RuntimeException failed() {
        return make(EngineFailedException.class, new Class<?>[] { Throwable.class }, new Error("broken"));
    }

    public static RuntimeException unknownProfile() {
        return make(UnknownProfileException.class, new Class<?>[] { String.class, Set.class }, "code", Set.of());
    }

    private static RuntimeException make(Class<? extends RuntimeException> type, Class<?>[] parameters,
            Object... arguments) {
        try {
            Constructor<? extends RuntimeException> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        }
        catch (ReflectiveOperationException ex) {
            throw new IllegalStateException(ex);
        }
    }

}
