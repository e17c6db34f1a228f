package dev.cerberus.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.model.NativeSettings;

/**
 * The process-wide PyTorch engine.
 *
 * <p>
 * libtorch is loaded once per process; its settings are read at that moment. Thread-safe.
 */
public final class TorchRuntime {

    /**
     * The most threads of an operator, more than machines have processors: where OpenMP
     * can not make as many as it is told to, it ends the process.
     */
    public static final int MOST_THREADS = 1024;

    private static final Logger LOGGER = LoggerFactory.getLogger(TorchRuntime.class);

    private static final String THREADS = "ai.djl.pytorch.num_threads";

    private static volatile boolean checked;

    private TorchRuntime() {
    }

    /**
     * Sets the number of threads on which operators run that the calling thread calls.
     * Where nothing is set, that is one.
     * @param threads 1 to {@link #MOST_THREADS}
     * @throws NativeLibraryException if no native library fits this machine
     */
    public static void useThreads(int threads) {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException("threads must be in 1.." + MOST_THREADS + ", was " + threads);
        }
        engine();
        OperatorThreads.use(threads);
    }

    /**
     * Returns the number of threads on which operators run that the calling thread calls.
     * @return 1 or more
     * @throws NativeLibraryException if no native library fits this machine
     */
    public static int threads() {
        engine();
        return OperatorThreads.own();
    }

    /**
     * Returns the version of the libtorch that this process loads or has loaded, which is
     * not always that of its binding.
     * @return such as {@code 2.7.1} or {@code 2.7.1+cu128}; does not load it
     */
    public static String libraryVersion() {
        return TorchLibrary.find().version();
    }

    /**
     * Returns which libtorch this process loads or has loaded.
     * @return its version, and its folder if a variable names that; does not load it
     */
    public static String library() {
        return TorchLibrary.find().toString();
    }

    /**
     * Returns the engine, loading libtorch on the first call.
     * @return DJL's PyTorch engine
     * @throws NativeLibraryException if no native library fits this machine
     */
    static Engine engine() {
        NativeSettings.apply();
        if (System.getProperty(THREADS) == null) {
            System.setProperty(THREADS, "1"); // of all threads that say nothing else
        }
        checkLibrary();
        try {
            return Engine.getEngine("PyTorch");
        }
        catch (EngineException | UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError ex) {
            throw NativeLibraryException.of(ex, TorchLibrary.find().folder());
        }
    }

    private static void checkLibrary() {
        if (!checked) {
            TorchLibrary.find().check().ifPresent(LOGGER::warn);
            checked = true;
        }
    }

}
