package dev.cerberus.gate;

import java.util.function.DoublePredicate;
import java.util.function.DoubleSupplier;
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
     * Returns whether the heads should run after all at a step that was to be skipped
     * unseen, since something that costs nothing promises that it can be guessed.
     * @param promise how likely it says it knows the next token, in 0..1, computed when
     * asked
     * @return whether to run the heads
     */
    default boolean wakes(DoubleSupplier promise) {
        return false;
    }

    /**
     * Returns whether a draft that grows by its most probable node should grow on: asked
     * for every further node with its path probability, which is never larger than that
     * of the node before.
     * @return a predicate for one draft of a free shape; it may end the draft where no
     * number of further nodes could pay
     */
    default DoublePredicate growth() {
        return (pathProbability) -> true;
    }

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
     * Learns from what was proposed below the root at a step that verified none of it:
     * the token that came shows what would have been kept.
     * @param probabilities probabilities of the root's children, [children], in 0..1
     * @param right those of them that came, none or one
     */
    default void learn(double[] probabilities, int[] right) {
        // A fixed rule has nothing to learn.
    }

    /**
     * Learns from a finished step.
     * @param outcome what happened
     */
    void observe(StepOutcome outcome);

}
