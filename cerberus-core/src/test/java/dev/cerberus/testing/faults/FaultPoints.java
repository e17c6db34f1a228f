package dev.cerberus.testing.faults;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The calls made on one thread, counted by method, and the one that is to fail.
 *
 * <p>
 * Classes loaded by an {@link InstrumentingClassLoader} report every call here. State is
 * static because what it is called from is inlined into foreign classes; one run at a
 * time.
 */
public final class FaultPoints {

    private static final Object LOCK = new Object();

    // guarded by LOCK
    private static final Map<String, Integer> CALLS = new LinkedHashMap<>();

    private static String thread = ""; // guarded by LOCK

    private static @Nullable String method; // guarded by LOCK

    private static int occurrence; // guarded by LOCK

    private static Supplier<Error> fault = AssertionError::new; // guarded by LOCK

    private static boolean fired; // guarded by LOCK

    private static long firedNanos; // guarded by LOCK

    private FaultPoints() {
    }

    /**
     * Begins to count anew; nothing fails.
     * @param threadName name of the thread whose calls count
     */
    public static void count(String threadName) {
        synchronized (LOCK) {
            CALLS.clear();
            thread = threadName;
            method = null;
            fired = false;
        }
    }

    /**
     * Begins to count anew; one call fails.
     * @param threadName name of the thread whose calls count
     * @param failing the method as {@link #calls} names it
     * @param number which of its calls fails, from 1
     * @param error makes what is thrown
     */
    public static void fail(String threadName, String failing, int number, Supplier<Error> error) {
        synchronized (LOCK) {
            count(threadName);
            method = failing;
            occurrence = number;
            fault = error;
        }
    }

    /**
     * Returns the calls since counting began.
     * @return number of calls by method, in the order of their first ones
     */
    public static Map<String, Integer> calls() {
        synchronized (LOCK) {
            return new LinkedHashMap<>(CALLS);
        }
    }

    /**
     * Returns whether the call that was to fail was made.
     * @return whether something was thrown
     */
    public static boolean fired() {
        synchronized (LOCK) {
            return fired;
        }
    }

    /**
     * Returns how long after the fault something happened.
     * @param nanoTime when it happened
     * @return nanoseconds; 0 if it happened before, or nothing was thrown
     */
    public static long nanosAfterFault(long nanoTime) {
        synchronized (LOCK) {
            return fired ? Math.max(0, nanoTime - firedNanos) : 0;
        }
    }

    /**
     * Takes note of a call.
     * @param called the method
     */
    public static void enter(String called) {
        Error error;
        synchronized (LOCK) {
            if (!Thread.currentThread().getName().equals(thread)) {
                return;
            }
            int number = CALLS.merge(called, 1, Integer::sum);
            if (fired || !called.equals(method) || number != occurrence) {
                return;
            }
            fired = true;
            firedNanos = System.nanoTime();
            error = fault.get();
        }
        throw error;
    }

}
