package dev.cerberus.constrain;

import java.time.Duration;

/**
 * What compiling one constraint may take. Confined to the thread that compiles.
 */
public final class CompileBudget {

    /** The time that is allowed if nobody says otherwise. */
    public static final Duration DEFAULT_TIME = Duration.ofSeconds(2);

    /** The most states of one automaton. */
    static final int MAX_STATES = 20_000;

    private static final int CALLS_PER_LOOK = 256;

    private final Duration time;

    private final long endNanos;

    private int calls;

    /**
     * Starts to count.
     * @param time the longest time, positive
     */
    public CompileBudget(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("the time to compile must be positive, was " + time);
        }
        this.time = time;
        this.endNanos = System.nanoTime() + time.toNanos();
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
        if (++this.calls % CALLS_PER_LOOK == 0 && System.nanoTime() - this.endNanos > 0) {
            throw new ConstraintException(
                    "the constraint takes longer than " + this.time.toMillis() + " ms to compile; make it simpler");
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
