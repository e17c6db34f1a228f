package dev.cerberus.engine;

import java.time.Duration;

/**
 * Arithmetic with durations beyond what a {@code long} of nanoseconds holds.
 */
final class Durations {

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Durations() {
    }

    /** Returns the duration, or 292 years if it is longer. */
    static Duration clamp(Duration value) {
        return (value.compareTo(LONGEST) > 0) ? LONGEST : value;
    }

    /** Returns the nanoseconds of a duration that is not negative. */
    static long nanos(Duration value) {
        return clamp(value).toNanos();
    }

}
