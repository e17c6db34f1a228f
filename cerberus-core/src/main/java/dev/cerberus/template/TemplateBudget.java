package dev.cerberus.template;

import java.time.Duration;

/**
 * What one rendering may use. Immutable and thread-safe.
 *
 * <p>
 * Everything counts, also what is thrown away on the way: a text of a temporary, an
 * element of a list that is copied, a character that a search looks at (16 of them are
 * one operation).
 *
 * @param operations most steps of the evaluator, elements included, at least 1
 * @param characters most characters of all texts made, 16 more for each text, at least 1
 * @param depth most nested evaluations, values within values and calls included, in 1 to
 * 10000
 * @param time longest duration, positive
 */
public record TemplateBudget(long operations, long characters, int depth, Duration time) {

    /**
     * The default, which leaves templates of real models far behind: 33 million
     * operations and characters, 400 levels, ten seconds.
     */
    public static final TemplateBudget DEFAULT = new TemplateBudget(1L << 25, 1L << 25, 400, Duration.ofSeconds(10));

    /**
     * Checks the components.
     * @throws IllegalArgumentException if one is out of its range
     */
    public TemplateBudget {
        if (operations < 1) {
            throw new IllegalArgumentException("operations must be at least 1, was " + operations);
        }
        if (characters < 1) {
            throw new IllegalArgumentException("characters must be at least 1, was " + characters);
        }
        if (depth < 1 || depth > 10_000) {
            throw new IllegalArgumentException("depth must be in 1 to 10000, was " + depth);
        }
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("time must be positive, was " + time);
        }
    }

}
