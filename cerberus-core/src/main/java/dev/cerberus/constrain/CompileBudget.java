package dev.cerberus.constrain;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * What compiling one constraint may take: time of a processor, so that a machine that is
 * busy with other things refuses nothing that an idle one compiles. Confined to the
 * thread that compiles.
 */
public final class CompileBudget {

    /** The time that is allowed if nobody says otherwise. */
    public static final Duration DEFAULT_TIME = Duration.ofSeconds(2);

    /** The most states of one automaton. */
    static final int MAX_STATES = 20_000;

    private static final int CALLS_PER_LOOK = 256;

    private final Duration time;

    private long beginNanos;

    private boolean begun;

    private boolean spent;

    private int calls;

    /**
     * Starts to count.
     * @param time the longest time of a processor, positive; time that passes where it
     * can not be told what a thread has used, as on virtual threads
     */
    public CompileBudget(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("the time to compile must be positive, was " + time);
        }
        this.time = time;
    }

    /**
     * Creates a budget with the default time.
     */
    public CompileBudget() {
        this(DEFAULT_TIME);
    }

    /**
     * Looks at the clock now and then; to be called in every loop whose length the
     * caller's input decides.
     * @throws ConstraintException if the time is over
     */
    public void spend() {
        if (++this.calls % CALLS_PER_LOOK != 0) {
            return;
        }
        long now = usedNanos();
        if (!this.begun) {
            begin(now); // what was before is not worth a look of its own
        }
        else if (now - this.beginNanos > this.time.toNanos()) {
            this.spent = true;
            throw new ConstraintException(
                    "the constraint takes longer than " + this.time.toMillis() + " ms to compile; make it simpler");
        }
    }

    private void begin(long now) {
        this.begun = true;
        this.beginNanos = now;
    }

    /**
     * Returns a budget for one of several parts: as much of the time that is left as each
     * of them gets. What it uses is used of this budget too, and what it leaves is left
     * for the others.
     * @param parts parts that are still to be compiled, at least 1
     * @return the budget, of hardly any time where none is left
     */
    public CompileBudget share(int parts) {
        long now = usedNanos();
        if (!this.begun) {
            begin(now);
        }
        long left = this.time.toNanos() - (now - this.beginNanos);
        return new CompileBudget(Duration.ofNanos(Math.max(1, left / parts)));
    }

    /**
     * Returns the time that is allowed.
     * @return a positive time
     */
    public Duration time() {
        return this.time;
    }

    /**
     * Returns whether something was refused because the time was over.
     * @return whether a longer time might do
     */
    public boolean isSpent() {
        return this.spent;
    }

    private static long usedNanos() {
        try {
            long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            boolean counted = used >= 0; // else counting is switched off
            return counted ? used : System.nanoTime();
        }
        catch (UnsupportedOperationException ex) { // a virtual thread
            return System.nanoTime();
        }
    }

    /** Refuses automata that grow too large. */
    void requireStates(int states, String of) {
        spend();
        if (states > MAX_STATES) {
            throw new ConstraintException(
                    of + " needs more than " + MAX_STATES + " states; use smaller counts or fewer alternatives");
        }
    }

}
