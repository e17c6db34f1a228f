package dev.cerberus.djl;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Chooses for every forward whether its operators run on many threads or on one.
 *
 * <p>
 * Forwards of as many rows, to a power of two, are of a kind. Now and then one of a kind
 * is given to one thread and compared with the one before, so that a machine that has
 * become busy is found out, and small forwards for which a second thread does not pay.
 * Results do not depend on the choice. Not thread-safe.
 */
/*
 * Trying one thread costs little at any time. Trying many may take seconds where other
 * work keeps a processor: the helpers of a team then share what is left with whom they
 * wait for, and every operator lasts as long as a turn of the scheduler. So that is only
 * tried again after a while, and after twice as long if it did not help.
 *
 * A forward on one thread also puts the helpers to sleep, and where the scheduler wakes
 * them may be next to whom they help, for seconds, while another processor idles. What
 * runs well is therefore seldom looked at, and what does not soon again.
 */
final class ThreadChoice {

    /** Ratios are of the time on many threads to that on one; from here they pay. */
    private static final double PAYS = 0.95;

    /** From here threads wait for a processor, whatever the kind of forward is. */
    private static final double HOPELESS = 3;

    /** So much longer than the forward before makes one look at once. */
    private static final double SUSPICIOUS = 4;

    private static final double WEIGHT = 0.3;

    private static final int FEWEST = 4;

    /** Forwards on many threads before the first of a kind is compared. */
    private static final int FIRST = 2;

    private static final int SOON = 4;

    private static final int LEAST_BETWEEN = 32;

    private static final int MOST_BETWEEN = 1024;

    /** Where many threads are only a little slower. */
    private static final long SHORT_REST = Duration.ofSeconds(2).toNanos();

    private static final long LONGEST_SHORT_REST = Duration.ofMinutes(1).toNanos();

    /** Where they wait for a processor. */
    private static final long LONG_REST = Duration.ofMinutes(1).toNanos();

    private static final long LONGEST_REST = Duration.ofHours(1).toNanos();

    private final int many;

    private final LongSupplier clock;

    private final Kind[] kinds = Stream.generate(Kind::new).limit(Integer.SIZE).toArray(Kind[]::new);

    /**
     * Creates a choice that begins with many threads.
     * @param many what has proved to be faster than one, or 1
     * @param clock the time in nanoseconds
     */
    ThreadChoice(int many, LongSupplier clock) {
        this.many = many;
        this.clock = clock;
    }

    /**
     * Creates a choice that begins with one thread, many having proved to be slower.
     * @param many what to try after a while, or 1
     * @param clock the time in nanoseconds
     */
    static ThreadChoice beginningAlone(int many, LongSupplier clock) {
        ThreadChoice choice = new ThreadChoice(many, clock);
        choice.restAll(LONG_REST);
        return choice;
    }

    /**
     * Returns the number of threads for the next forward.
     * @param rows its rows, 1 or more
     */
    int threads(int rows) {
        Kind kind = kind(rows);
        return kind.isTogether() ? this.many : 1;
    }

    /**
     * Learns what a forward took.
     * @param rows its rows
     * @param threads the number of threads that it had
     * @param nanos its time
     */
    void took(int rows, int threads, long nanos) {
        if (this.many > 1) {
            kind(rows).took(threads, Math.max(1, nanos));
        }
    }

    private Kind kind(int rows) {
        return this.kinds[Integer.SIZE - Integer.numberOfLeadingZeros(rows - 1)];
    }

    private void restAll(long nanos) {
        for (Kind kind : this.kinds) {
            kind.rest(Math.max(nanos, kind.rest));
        }
    }

    /** Forwards of about as many rows. */
    private final class Kind {

        private long last; // nanoseconds, 0 before the first

        private int lastThreads;

        private double ratio; // logarithm, a moving mean

        private int compared;

        private int between = LEAST_BETWEEN;

        private int untilCompared = FIRST;

        private boolean resting;

        private long restsUntil;

        private long rest = SHORT_REST;

        private boolean suspected; // of waiting for a processor

        private boolean isTogether() {
            if (this.resting) {
                return this.lastThreads == 1 && ThreadChoice.this.clock.getAsLong() - this.restsUntil >= 0;
            }
            return this.untilCompared > 0;
        }

        private void took(int threads, long nanos) {
            long before = this.last;
            boolean comparable = before > 0 && threads != this.lastThreads;
            this.last = nanos;
            this.lastThreads = threads;
            if (comparable) {
                compared((threads > 1) ? (double) nanos / before : (double) before / nanos);
            }
            else if (threads > 1 && before > 0 && nanos > SUSPICIOUS * before) {
                this.untilCompared = 0;
                this.suspected = true;
            }
            else if (threads > 1 && !this.resting) {
                this.untilCompared = Math.max(0, this.untilCompared - 1);
            }
        }

        private void compared(double found) {
            boolean tried = this.lastThreads > 1;
            // else the forward before may have been of a far longer context
            boolean credible = tried || this.suspected || this.compared == 0;
            this.suspected = false;
            if (found > HOPELESS && credible) {
                restAll(tried ? Math.max(LONG_REST, longer(LONGEST_REST)) : LONG_REST);
            }
            else if (this.resting && tried) {
                tried(found);
            }
            else if (!this.resting && !tried) {
                learn(found);
            }
        }

        private void tried(double found) {
            if (found < PAYS) {
                this.resting = false;
                this.rest = SHORT_REST;
                this.compared = 0;
                this.between = LEAST_BETWEEN;
                this.untilCompared = SOON;
            }
            else {
                rest(longer(LONGEST_SHORT_REST));
            }
        }

        private void learn(double found) {
            double own = Math.log(Math.min(HOPELESS, Math.max(1 / HOPELESS, found)));
            this.compared++;
            this.ratio += Math.max(WEIGHT, 1.0 / this.compared) * (own - this.ratio);
            if (found < PAYS) {
                this.untilCompared = this.between;
                this.between = Math.min(2 * this.between, MOST_BETWEEN);
            }
            else {
                this.untilCompared = SOON;
                this.between = LEAST_BETWEEN;
            }
            if (this.compared >= FEWEST && this.ratio > Math.log(PAYS)) {
                rest(this.rest);
            }
        }

        private long longer(long longest) {
            return Math.min(2 * this.rest, longest);
        }

        private void rest(long nanos) {
            this.resting = true;
            this.rest = nanos;
            this.restsUntil = ThreadChoice.this.clock.getAsLong() + nanos;
        }

    }

}
