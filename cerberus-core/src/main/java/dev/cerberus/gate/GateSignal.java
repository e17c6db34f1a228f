package dev.cerberus.gate;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A number that tells, before verification, how well drafting may go.
 */
public enum GateSignal {

    /** Entropy of the softmax over the hidden state's components, in nats. */
    HIDDEN_ENTROPY(false, true),

    /** Entropy of the target's next-token distribution, in nats. */
    VOCAB_ENTROPY(false, true),

    /** Difference of the target's two largest probabilities, in 0..1. */
    TOP1_MARGIN(false, false),

    /** Largest probability of the first head, in 0..1. */
    HEAD_CONFIDENCE(true, false),

    /** Entropy of the first head, in nats. */
    HEAD_ENTROPY(true, true),

    /** Accepted draft tokens that are expected of the tree proposed, 0 or more. */
    TREE_EXPECTATION(true, false);

    private final boolean needsHeads;

    private final boolean draftsBelow;

    GateSignal(boolean needsHeads, boolean draftsBelow) {
        this.needsHeads = needsHeads;
        this.draftsBelow = draftsBelow;
    }

    /**
     * Returns the name used in configuration, such as {@code head-entropy}.
     * @return lower case, with hyphens
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the signal of the given configuration name.
     * @param id the name, such as {@code head-entropy}
     * @return the signal
     * @throws IllegalArgumentException if there is none
     */
    public static GateSignal ofId(String id) {
        return Arrays.stream(values())
            .filter((signal) -> signal.id().equals(id))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("gate signal must be one of "
                    + Arrays.stream(values()).map(GateSignal::id).collect(Collectors.joining(", ")) + ", was '" + id
                    + "'"));
    }

    /**
     * Returns whether the heads must run before the signal is known.
     * @return whether it is a signal of the heads
     */
    public boolean needsHeads() {
        return this.needsHeads;
    }

    /**
     * Returns whether the signal exists only where there are heads; that of a tree exists
     * for whoever proposed its nodes.
     * @return whether it is what a head says
     */
    public boolean isOfHeads() {
        return this == HEAD_CONFIDENCE || this == HEAD_ENTROPY;
    }

    /**
     * Returns whether a small value speaks for drafting.
     * @return {@code true} for entropies, {@code false} for margin, confidence and
     * expectation
     */
    public boolean draftsBelow() {
        return this.draftsBelow;
    }

    /**
     * Returns whether no value is above 1, so that no step drafts with a higher bound.
     * @return {@code true} for margin and confidence
     */
    public boolean endsAtOne() {
        return this == TOP1_MARGIN || this == HEAD_CONFIDENCE;
    }

}
