package dev.cerberus.djl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
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

    private static final Logger LOGGER = LoggerFactory.getLogger(TorchRuntime.class);

    private static final String THREADS = "ai.djl.pytorch.num_threads";

    private static final int TRIALS = 7;

    private static final int FEWEST_TRIALS = 2;

    private static final long TRIAL_NANOS = Duration.ofMillis(250).toNanos();

    /** What a further thread must bring to be worth its waiting. */
    private static final double CLEARLY = 0.9;

    /**
     * A first step that is so much slower tells that threads wait for a processor; no
     * further one is tried, since each may take seconds.
     */
    private static final double HOPELESS = 3;

    private static volatile boolean checked;

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
        int fastest = (processors > 1 && isFaster(processors, step, JniUtils::setNumThreads)) ? processors : 1;
        JniUtils.setNumThreads(fastest);
        useThreads(fastest);
        return fastest;
    }

    /**
     * Returns whether some threads are clearly faster than one.
     * @param threads how many, at least 2
     * @param step a step of the model
     * @param setting sets the number of threads
     */
    static boolean isFaster(int threads, Runnable step, IntConsumer setting) {
        setting.accept(1);
        step.run(); // the first of all is no measure of any other
        List<Long> one = new ArrayList<>(List.of(nanos(step)));
        setting.accept(threads);
        if (nanos(step) > HOPELESS * one.get(0)) { // which also wakes the threads
            return false;
        }
        List<Long> all = new ArrayList<>(List.of(nanos(step)));
        long end = System.nanoTime() + TRIAL_NANOS;
        for (int i = 1; i < TRIALS && (i < FEWEST_TRIALS || System.nanoTime() < end); i++) {
            setting.accept(1);
            one.add(nanos(step));
            setting.accept(threads);
            all.add(nanos(step));
        }
        return median(all) < CLEARLY * median(one);
    }

    private static long nanos(Runnable step) {
        long start = System.nanoTime();
        step.run();
        return System.nanoTime() - start;
    }

    private static long median(List<Long> nanos) {
        return nanos.stream().sorted().toList().get(nanos.size() / 2);
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
