package dev.cerberus.gate;

import java.util.function.ToDoubleFunction;

/**
 * Decides at every step whether drafting pays, and with how many nodes.
 *
 * <p>
 * A step asks {@link #consultsHeads} first; if the heads ran, {@link #decide} follows;
 * {@link #observe} closes it. Confined to the engine thread unless an implementation says
 * otherwise.
 */
public interface Gate {

    /**
     * Returns whether the heads should run at this step.
     * @param signals values of the signals that do not need the heads, computed when
     * asked
     * @return {@code false} to skip the step's draft unseen
     */
    boolean consultsHeads(ToDoubleFunction<GateSignal> signals);

    /**
     * Returns how many of the proposed nodes are worth verifying.
     * @param pathProbabilities path probabilities of the proposed nodes, [nodes], in the
     * order in which they would be verified
     * @param whole whether only all of them or none may be taken, as for a static shape
     * @param signals values of all signals, computed when asked
     * @return the decision; at most as many nodes as proposed
     */
    GateDecision decide(double[] pathProbabilities, boolean whole, ToDoubleFunction<GateSignal> signals);

    /**
     * Learns from a finished step.
     * @param outcome what happened
     */
    void observe(StepOutcome outcome);

}
