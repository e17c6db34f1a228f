package dev.cerberus.engine;

import java.util.Optional;
import java.util.OptionalDouble;

import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;

/**
 * When a step drafts. Immutable and thread-safe.
 *
 * @param mode who decides
 * @param signal the signal that mode {@code threshold} compares
 * @param ownThreshold its bound, in the signal's unit: below it an entropy drafts, above
 * it the other signals do; empty for that of the engine's calibration, or else a default
 * @param profile name of the task that these options are for; requests of one name learn
 * from each other; empty for no particular task
 */
public record GateOptions(GateMode mode, GateSignal signal, OptionalDouble ownThreshold, Optional<String> profile) {

    /**
     * The adaptive gate, for no particular task.
     */
    public static final GateOptions DEFAULT = new GateOptions(GateMode.ADAPTIVE, GateSignal.HEAD_ENTROPY,
            OptionalDouble.empty(), Optional.empty());

    private static final double DEFAULT_ENTROPY_NATS = 2.0;

    /** Makes a step draft in about the more promising half of all cases. */
    private static final double DEFAULT_LEVEL = 0.5;

    /**
     * Checks the range.
     */
    public GateOptions {
        if (ownThreshold.isPresent() && !(ownThreshold.getAsDouble() >= 0)) {
            throw new IllegalArgumentException(
                    "the gate's threshold must be at least 0, was " + ownThreshold.getAsDouble());
        }
    }

    /**
     * Creates options with a threshold of their own, for no particular task.
     * @param mode who decides
     * @param signal the signal that mode {@code threshold} compares
     * @param threshold its bound, at least 0
     */
    public GateOptions(GateMode mode, GateSignal signal, double threshold) {
        this(mode, signal, OptionalDouble.of(threshold), Optional.empty());
    }

    /**
     * Returns the bound of mode {@code threshold} where no calibration tells a better
     * one.
     * @return the threshold of these options, or else the signal's default
     */
    public double threshold() {
        return this.ownThreshold.orElse(this.signal.draftsBelow() ? DEFAULT_ENTROPY_NATS : DEFAULT_LEVEL);
    }

    /**
     * Returns these options with another mode.
     * @param other the mode
     * @return the options
     */
    public GateOptions withMode(GateMode other) {
        return new GateOptions(other, this.signal, this.ownThreshold, this.profile);
    }

    /**
     * Returns these options with another threshold.
     * @param other the threshold
     * @return the options
     */
    public GateOptions withThreshold(double other) {
        return new GateOptions(this.mode, this.signal, OptionalDouble.of(other), this.profile);
    }

    /**
     * Returns these options for a task.
     * @param name the task's name
     * @return the options
     */
    public GateOptions withProfile(String name) {
        return new GateOptions(this.mode, this.signal, this.ownThreshold, Optional.of(name));
    }

}
