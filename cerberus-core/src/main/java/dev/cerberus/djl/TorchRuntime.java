package dev.cerberus.djl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;

import dev.cerberus.model.NativeSettings;

/**
 * The process-wide PyTorch engine.
 *
 * <p>
 * libtorch is loaded once per process; its settings are read at that moment. Thread-safe.
 */
public final class TorchRuntime {

    private static final String THREADS = "ai.djl.pytorch.num_threads";

    private static final int TRIALS = 7;

    private static final int FEWEST_TRIALS = 2;

    private static final long TRIAL_NANOS = Duration.ofMillis(400).toNanos();

    /** What a further thread must bring to be worth its waiting. */
    private static final double CLEARLY = 0.9;

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
     * Takes as many threads for one operator as make a step fastest: one, or one per
     * processor that this process may use if that is clearly faster. Other work on the
     * machine makes threads wait for each other, and small steps are over before a second
     * thread is awake, so only trying tells.
     * @param step a step of the model; run a few times
     * @return the number of threads taken
     */
    public static int useFastestThreads(Runnable step) {
        int processors = Runtime.getRuntime().availableProcessors();
        int fastest = 1;
        if (processors > 1) {
            List<Long> one = new ArrayList<>();
            List<Long> all = new ArrayList<>();
            long end = System.nanoTime() + TRIAL_NANOS;
            for (int i = 0; i < TRIALS && (i < FEWEST_TRIALS || System.nanoTime() < end); i++) {
                one.add(nanos(1, step));
                all.add(nanos(processors, step));
            }
            fastest = (median(all) < CLEARLY * median(one)) ? processors : 1;
        }
        JniUtils.setNumThreads(fastest);
        useThreads(fastest);
        return fastest;
    }

    private static long nanos(int threads, Runnable step) {
        JniUtils.setNumThreads(threads);
        step.run(); // wakes the threads
        long start = System.nanoTime();
        step.run();
        return System.nanoTime() - start;
    }

    private static long median(List<Long> nanos) {
        return nanos.stream().sorted().toList().get(nanos.size() / 2);
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
