package dev.cerberus.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.BatchCost;
import dev.cerberus.gate.BatchCosts;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.GateDecision;
import dev.cerberus.gate.StepOutcome;
import dev.cerberus.gate.TreeSizer;

/**
 * The adaptive gate's decision about a draft, and what it learns of a step.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
public class GateBenchmark {

    /** Draft nodes. */
    @Param({ "4", "16", "64" })
    private int nodes;

    private double[] probabilities = {};

    private AdaptiveGate gate = gate();

    /** Makes a draft whose nodes become ever less likely. */
    @Setup
    public void draft() {
        this.probabilities = new double[this.nodes];
        Arrays.setAll(this.probabilities, (node) -> 0.9 / (1 + node));
        this.gate = gate();
    }

    private static AdaptiveGate gate() {
        CostCurve alone = CostCurve.through(new int[] { 0, 16, 64 }, new double[] { 1e-3, 1.5e-3, 3e-3 }, 3e-4);
        return new AdaptiveGate(new TreeSizer(new BatchCosts(alone, new BatchCost(alone, 2e-4)), new Experience()));
    }

    /** How many nodes are worth their price. */
    @Benchmark
    public GateDecision decide() {
        return this.gate.decide(this.probabilities, false, (signal) -> 0);
    }

    /** What a step teaches whose first node was right. */
    @Benchmark
    public AdaptiveGate observe() {
        this.gate.observe(new StepOutcome(this.probabilities, new int[] { 0 }, true, 3e-4, 1.5e-3));
        return this.gate;
    }

}
