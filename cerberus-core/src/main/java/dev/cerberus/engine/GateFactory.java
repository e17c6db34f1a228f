package dev.cerberus.engine;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.gate.ThresholdGate;
import dev.cerberus.gate.TreeSizer;

/**
 * Makes a gate for every request; what requests teach is kept here. Confined to the
 * engine thread, apart from {@link #estimate}.
 */
final class GateFactory {

    private final CostCurve costs;

    private final Experience experience = new Experience();

    GateFactory(CostCurve costs) {
        this.costs = costs;
    }

    Gate create(GateOptions options) {
        return switch (options.mode()) {
            case NEVER -> new NeverGate();
            case ALWAYS -> new AlwaysGate(sizer());
            case THRESHOLD -> new ThresholdGate(options.signal(), options.threshold(), sizer());
            case ADAPTIVE -> new AdaptiveGate(sizer());
        };
    }

    private TreeSizer sizer() {
        return new TreeSizer(this.costs, this.experience);
    }

    CostEstimate estimate() {
        return new CostEstimate(this.costs.snapshot(), this.costs.headsSeconds(), this.experience.tokensPerPlainStep(),
                this.experience.reliability());
    }

}
