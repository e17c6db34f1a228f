package dev.cerberus.examples.spark;

import java.util.concurrent.Semaphore;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;

/**
 * The one engine of an executor's JVM, shared by its tasks. It is opened by the first
 * task that needs it and stays until the JVM ends, until another job needs another model,
 * or until it fails. Thread-safe.
 */
final class ExecutorEngine {

    private static ExecutorEngine current;

    private static int opened;

    private final EngineOptions options;

    private final CerberusEngine engine;

    /**
     * As many as may wait and be decoded, so that tasks wait instead of being refused.
     */
    private final Semaphore places;

    private int tasks;

    private ExecutorEngine(EngineOptions options) {
        this.options = options;
        this.engine = CerberusEngine.open(options);
        this.places = new Semaphore(options.queueCapacity());
    }

    /**
     * Returns the engine for a task, which gives it back with {@link #release}.
     * @throws IllegalStateException if tasks of another job hold an engine for another
     * model
     */
    static synchronized ExecutorEngine lease(EngineOptions options) {
        ExecutorEngine found = current;
        if (found != null && !found.serves(options)) {
            if (found.tasks > 0 && found.engine.isRunning()) {
                throw new IllegalStateException("This executor runs " + found.options.modelLocation()
                        + " for another job; give a job with " + options.modelLocation() + " executors of its own");
            }
            found.engine.close();
            current = null;
        }
        if (current == null) {
            if (opened == 0) {
                Runtime.getRuntime().addShutdownHook(new Thread(ExecutorEngine::close, "close-engine"));
            }
            current = new ExecutorEngine(options);
            opened++;
        }
        current.tasks++;
        return current;
    }

    private boolean serves(EngineOptions wanted) {
        return this.options.equals(wanted) && this.engine.isRunning();
    }

    private static synchronized void close() {
        if (current != null) {
            current.engine.close();
            current = null;
        }
    }

    /** Returns how many engines this JVM has opened so far. */
    static synchronized int opened() {
        return opened;
    }

    CerberusEngine engine() {
        return this.engine;
    }

    Semaphore places() {
        return this.places;
    }

    void release() {
        synchronized (ExecutorEngine.class) {
            this.tasks--;
        }
    }

}
