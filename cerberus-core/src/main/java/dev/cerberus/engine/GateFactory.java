package dev.cerberus.engine;

import java.util.HashMap;
import java.util.Map;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.gate.ThresholdGate;
import dev.cerberus.gate.TreeSizer;

/**
 * Makes a gate for every request; what requests teach is kept here. Confined to the
 * engine thread, apart from {@link #estimate}.
 */
final class GateFactory {

    private final CostCurve costs;

    private final Map<Regime, Experience> experiences = new HashMap<>();

    private volatile Experience latest = new Experience();

    GateFactory(CostCurve costs) {
        this.costs = costs;
    }

    /**
     * Returns the gate of a new request.
     * @param options when to draft
     * @param sampled whether tokens are sampled, which drafts are less often right about
     */
    Gate create(GateOptions options, boolean sampled) {
        return switch (options.mode()) {
            case NEVER -> new NeverGate();
            case ALWAYS -> new AlwaysGate(sizer(options.mode(), sampled));
            case THRESHOLD -> new ThresholdGate(options.signal(), options.threshold(), sizer(options.mode(), sampled));
            case ADAPTIVE -> new AdaptiveGate(sizer(options.mode(), sampled));
        };
    }

    private TreeSizer sizer(GateMode mode, boolean sampled) {
        Experience experience = this.experiences.computeIfAbsent(new Regime(mode, sampled),
                (regime) -> new Experience());
        this.latest = experience;
        return new TreeSizer(this.costs, experience);
    }

    /** Requests that may learn from each other. */
    private record Regime(GateMode mode, boolean sampled) {
    }

    CostEstimate estimate() {
        return new CostEstimate(this.costs.snapshot(), this.costs.headsSeconds(), this.latest.tokensPerPlainStep(),
                this.latest.reliability());
    }

}
