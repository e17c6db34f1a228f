package dev.cerberus.engine;

import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;

/**
 * When a step drafts. Immutable and thread-safe.
 *
 * @param mode who decides
 * @param signal the signal that mode {@code threshold} compares
 * @param threshold its bound, in the signal's unit: below it an entropy drafts, above it
 * the other signals do
 */
public record GateOptions(GateMode mode, GateSignal signal, double threshold) {

    /**
     * The adaptive gate; the threshold applies if the mode is changed.
     */
    public static final GateOptions DEFAULT = new GateOptions(GateMode.ADAPTIVE, GateSignal.HEAD_ENTROPY, 2.0);

    /**
     * Checks the range.
     */
    public GateOptions {
        if (Double.isNaN(threshold) || threshold < 0) {
            throw new IllegalArgumentException("the gate's threshold must be at least 0, was " + threshold);
        }
    }

    /**
     * Returns these options with another mode.
     * @param other the mode
     * @return the options
     */
    public GateOptions withMode(GateMode other) {
        return new GateOptions(other, this.signal, this.threshold);
    }

    /**
     * Returns these options with another threshold.
     * @param other the threshold
     * @return the options
     */
    public GateOptions withThreshold(double other) {
        return new GateOptions(this.mode, this.signal, other);
    }

}
