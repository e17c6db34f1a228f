package dev.cerberus.gate;

import java.util.function.ToDoubleFunction;

/**
 * The paper's gate: a step drafts when a signal is on the right side of a threshold,
 * below it for an entropy, above it for margin, confidence and expectation.
 *
 * <p>
 * A signal of the target is read before the heads run, so that a skipped step does not
 * pay for them.
 */
public final class ThresholdGate implements Gate {

    private final GateSignal signal;

    private final double threshold;

    private final TreeSizer sizer;

    /**
     * Creates a gate.
     * @param signal the signal to compare
     * @param threshold the bound, in the signal's unit
     * @param sizer chooses the number of nodes of a step that drafts
     */
    public ThresholdGate(GateSignal signal, double threshold, TreeSizer sizer) {
        if (Double.isNaN(threshold)) {
            throw new IllegalArgumentException("the gate's threshold must be a number");
        }
        this.signal = signal;
        this.threshold = threshold;
        this.sizer = sizer;
    }

    @Override
    public boolean consultsHeads(ToDoubleFunction<GateSignal> signals) {
        return this.signal.needsHeads() || passes(signals);
    }

    @Override
    public GateDecision decide(double[] pathProbabilities, boolean whole, ToDoubleFunction<GateSignal> signals) {
        if (this.signal.needsHeads() && !passes(signals)) {
            return GateDecision.SKIP;
        }
        return new GateDecision(whole ? pathProbabilities.length : this.sizer.size(pathProbabilities, 1));
    }

    private boolean passes(ToDoubleFunction<GateSignal> signals) {
        double value = signals.applyAsDouble(this.signal);
        return this.signal.draftsBelow() ? value < this.threshold : value > this.threshold;
    }

    @Override
    public void learn(double[] probabilities, int[] right) {
        this.sizer.learn(probabilities, right);
    }

    @Override
    public void observe(StepOutcome outcome) {
        this.sizer.observe(outcome);
    }

}
