package dev.cerberus.gate;

import java.util.function.DoublePredicate;
import java.util.function.ToDoubleFunction;

/**
 * The gate that lets every step draft: a static shape whole, else the number of nodes, at
 * least one, that pays best.
 */
public final class AlwaysGate implements Gate {

    private final TreeSizer sizer;

    /**
     * Creates a gate.
     * @param sizer chooses the number of nodes
     */
    public AlwaysGate(TreeSizer sizer) {
        this.sizer = sizer;
    }

    @Override
    public boolean consultsHeads(ToDoubleFunction<GateSignal> signals) {
        return true;
    }

    @Override
    public DoublePredicate growth() {
        return this.sizer.growth(1);
    }

    @Override
    public GateDecision decide(double[] pathProbabilities, boolean whole, ToDoubleFunction<GateSignal> signals) {
        return new GateDecision(whole ? pathProbabilities.length : this.sizer.size(pathProbabilities, 1));
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
