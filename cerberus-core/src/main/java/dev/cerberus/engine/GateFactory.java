package dev.cerberus.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import dev.cerberus.decode.LookupTrust;
import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.BatchCost;
import dev.cerberus.gate.BatchCosts;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.gate.ThresholdGate;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.sample.SamplingOptions;

/**
 * Makes a gate for every request; what requests teach is kept here. Confined to the
 * engine thread, apart from {@link #estimate}.
 */
final class GateFactory {

    private final CostCurve costs;

    private final BatchCosts batchCosts;

    private final Optional<CalibrationInUse> calibration;

    private final boolean heads;

    private final Map<Regime, Experience> experiences = new HashMap<>();

    private final Map<Regime, LookupTrust> trusts = new HashMap<>();

    private volatile Experience latest = new Experience();

    /**
     * Creates a factory.
     * @param costs what steps of one sequence cost
     * @param sequenceSeconds what a further sequence adds to a forward
     * @param calibration what was measured before, if anything was
     * @param heads whether there are draft heads
     */
    GateFactory(CostCurve costs, double sequenceSeconds, Optional<CalibrationInUse> calibration, boolean heads) {
        this.heads = heads;
        this.costs = costs;
        this.batchCosts = new BatchCosts(costs, new BatchCost(costs, sequenceSeconds));
        this.calibration = calibration;
    }

    /**
     * Returns the gate of a new request.
     * @param options when to draft
     * @param sampling how tokens are chosen; drafts are less often right about those that
     * are sampled, or penalised for what is copied
     */
    Gate create(GateOptions options, SamplingOptions sampling) {
        return switch (options.mode()) {
            case NEVER -> new NeverGate();
            case ALWAYS -> new AlwaysGate(sizer(options, sampling));
            case THRESHOLD -> new ThresholdGate(options.signal(), threshold(options), sizer(options, sampling));
            case ADAPTIVE -> new AdaptiveGate(sizer(options, sampling));
        };
    }

    /**
     * Returns what the requests like a new one have taught about context lookup.
     * @param options when to draft
     * @param sampling how tokens are chosen
     */
    LookupTrust trust(GateOptions options, SamplingOptions sampling) {
        return this.trusts.computeIfAbsent(Regime.of(options, sampling), (regime) -> new LookupTrust());
    }

    /**
     * Returns options that can be followed: without heads there is no signal of theirs to
     * compare, and mode {@code threshold} goes by what lookup expects of its draft.
     * @param options when to draft
     */
    GateOptions feasible(GateOptions options) {
        if (this.heads || !options.signal().isOfHeads()) {
            return options;
        }
        return new GateOptions(options.mode(), GateSignal.TREE_EXPECTATION, OptionalDouble.empty(), options.profile());
    }

    /**
     * Returns the bound that mode {@code threshold} compares with; any thread may ask.
     */
    double threshold(GateOptions options) {
        OptionalDouble calibrated = options.ownThreshold().isPresent() ? OptionalDouble.empty()
                : this.calibration.map((measured) -> measured.threshold(options.signal()))
                    .orElse(OptionalDouble.empty());
        return calibrated.orElse(options.threshold());
    }

    private TreeSizer sizer(GateOptions options, SamplingOptions sampling) {
        Experience experience = this.experiences
            .computeIfAbsent(Regime.of(options, sampling), (regime) -> new Experience(
                    this.calibration.map((measured) -> measured.reliability(!sampling.greedy())).orElse(List.of())));
        this.latest = experience;
        return new TreeSizer(this.batchCosts, experience);
    }

    /** Returns what steps in company cost, by which all gates decide. */
    BatchCosts batchCosts() {
        return this.batchCosts;
    }

    /** Requests that may learn from each other. */
    private record Regime(GateMode mode, boolean sampled, boolean penalised, Optional<String> profile) {

        static Regime of(GateOptions options, SamplingOptions sampling) {
            return new Regime(options.mode(), !sampling.greedy(), sampling.penalised(), options.profile());
        }

    }

    CostEstimate estimate() {
        return new CostEstimate(this.costs.snapshot(), this.costs.headsSeconds(), this.latest.tokensPerPlainStep(),
                this.latest.reliability());
    }

}
