package dev.cerberus.djl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * Finds out on how many threads a step is fastest, by trying.
 */
final class FastestThreads {

    private static final int TRIALS = 7;

    private static final int FEWEST_TRIALS = 2;

    private static final long TRIAL_NANOS = Duration.ofMillis(250).toNanos();

    /**
     * A first step that is so much slower tells that threads wait for a processor; no
     * further one is tried, since each may take seconds.
     */
    private static final double HOPELESS = 3;

    private final Runnable step;

    private final IntConsumer setting;

    private final IntPredicate allowed;

    private final LongSupplier clock;

    /**
     * Creates a search.
     * @param step a step of the model; run a few times
     * @param setting sets the number of threads
     * @param allowed whether a number may be taken at all
     * @param clock tells the time in nanoseconds, from any origin
     */
    FastestThreads(Runnable step, IntConsumer setting, IntPredicate allowed, LongSupplier clock) {
        this.step = step;
        this.setting = setting;
        this.allowed = allowed;
        this.clock = clock;
    }

    /**
     * Doubles the number of threads for as long as that makes a step faster. Other work
     * on the machine makes threads wait for each other, and small steps are over before a
     * second thread is awake, so only trying tells.
     * @param processors how many processors this process may use
     * @return the number of threads, 1 or more, which is set
     */
    int find(int processors) {
        int fastest = 1;
        while (fastest < processors) {
            int more = Math.min(2 * fastest, processors);
            if (!this.allowed.test(more) || !isFaster(fastest, more)) {
                break;
            }
            fastest = more;
        }
        this.setting.accept(fastest);
        return fastest;
    }

    /** Returns whether more threads are faster than fewer. */
    private boolean isFaster(int fewer, int more) {
        this.setting.accept(fewer);
        this.step.run(); // the first of all is no measure of any other
        List<Long> before = new ArrayList<>(List.of(nanos()));
        this.setting.accept(more);
        if (nanos() > HOPELESS * before.get(0)) { // which also wakes the threads
            return false;
        }
        List<Long> now = new ArrayList<>(List.of(nanos()));
        long end = this.clock.getAsLong() + TRIAL_NANOS;
        for (int i = 1; i < TRIALS && (i < FEWEST_TRIALS || this.clock.getAsLong() < end); i++) {
            this.setting.accept(fewer);
            before.add(nanos());
            this.setting.accept(more);
            now.add(nanos());
        }
        return median(now) < median(before);
    }

    private long nanos() {
        long start = this.clock.getAsLong();
        this.step.run();
        return this.clock.getAsLong() - start;
    }

    private static long median(List<Long> nanos) {
        return nanos.stream().sorted().toList().get(nanos.size() / 2);
    }

}
