package dev.cerberus.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;

import dev.cerberus.model.NativeSettings;

/**
 * The process-wide PyTorch engine.
 *
 * <p>
 * libtorch is loaded once per process; its settings are read at that moment. Thread-safe.
 */
public final class TorchRuntime {

    private static final String THREADS = "ai.djl.pytorch.num_threads";

    private TorchRuntime() {
    }

    /**
     * Sets the number of threads that one operator may use. Counts only before the engine
     * is first used.
     * @param threads 1 or more
     */
    public static void useThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, was " + threads);
        }
        System.setProperty(THREADS, Integer.toString(threads));
    }

    /**
     * Returns the number of threads that one operator may use.
     * @return what was set, else one per processor
     */
    public static int threads() {
        return Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Returns the engine, loading libtorch on the first call.
     * @return DJL's PyTorch engine
     * @throws NativeLibraryException if no native library fits this machine
     */
    static Engine engine() {
        NativeSettings.apply();
        try {
            return Engine.getEngine("PyTorch");
        }
        catch (EngineException | UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError ex) {
            throw new NativeLibraryException(ex);
        }
    }

}
