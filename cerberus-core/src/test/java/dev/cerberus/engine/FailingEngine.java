package dev.cerberus.engine;

import java.lang.reflect.Field;

/**
 * Makes a running engine fail, for tests of those who look after it.
 */
public final class FailingEngine {

    private FailingEngine() {
    }

    /**
     * Lets an engine come to an end that nobody asked for.
     * @param engine the engine
     */
    public static void fail(CerberusEngine engine) {
        try {
            Field queue = CerberusEngine.class.getDeclaredField("queue");
            queue.setAccessible(true);
            ((RequestQueue) queue.get(engine)).fail(new AssertionError("made to fail"));
        }
        catch (ReflectiveOperationException ex) {
            throw new IllegalStateException(ex);
        }
    }

}
