package dev.cerberus.gate;

import java.util.function.ToDoubleFunction;

/**
 * The gate of plain autoregressive decoding.
 */
public final class NeverGate implements Gate {

    @Override
    public boolean consultsHeads(ToDoubleFunction<GateSignal> signals) {
        return false;
    }

    @Override
    public GateDecision decide(double[] pathProbabilities, boolean whole, ToDoubleFunction<GateSignal> signals) {
        return GateDecision.SKIP;
    }

    @Override
    public void observe(StepOutcome outcome) {
        // A fixed rule has nothing to learn.
    }

}
