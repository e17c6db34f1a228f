package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateDecision;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.StepOutcome;
import dev.cerberus.gate.ThresholdGate;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.tree.Recollection;
import dev.cerberus.tree.TextMemory;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drafting without heads: on text that comes back, on text that never does, and from a
 * memory.
 */
class LookupAloneTests {

    private static final int[] PROMPT = { 3, 1, 4 };

    private static final int TOKENS = 150;

    /** Two tokens decide the next: text of 40 tokens goes in circles. */
    private final ScriptedTargetModel circling = new ScriptedTargetModel(40, 256).withReach(2);

    /** With so many tokens none comes back soon. */
    private final ScriptedTargetModel wandering = new ScriptedTargetModel(50_000, 256);

    private final List<DecodeStep> steps = new ArrayList<>();

    private static CostCurve costs() {
        return CostCurve.through(new int[] { 0, 4, 16 }, new double[] { 1, 1.2, 2.5 }, 0);
    }

    private static TreeSizer sizer() {
        return new TreeSizer(costs(), new Experience());
    }

    /** Makes a gate see the costs of a machine instead of those of the scripted model. */
    private record OnMachine(Gate gate, CostCurve machine) implements Gate {

        @Override
        public boolean consultsHeads(ToDoubleFunction<GateSignal> signals) {
            return this.gate.consultsHeads(signals);
        }

        @Override
        public DoublePredicate growth() {
            return this.gate.growth();
        }

        @Override
        public GateDecision decide(double[] pathProbabilities, boolean whole, ToDoubleFunction<GateSignal> signals) {
            return this.gate.decide(pathProbabilities, whole, signals);
        }

        @Override
        public void learn(double[] probabilities, int[] right) {
            this.gate.learn(probabilities, right);
        }

        @Override
        public void observe(StepOutcome outcome) {
            this.gate.observe(new StepOutcome(outcome.pathProbabilities(), outcome.acceptedNodes(), outcome.headsRan(),
                    outcome.headsSeconds(), this.machine.plainSteps(outcome.nodes())));
        }

    }

    private DecodeResult run(ScriptedTargetModel model, Gate gate, SamplingOptions sampling, List<Recollection> others,
            DraftingOptions drafting, Optional<TreeShape> shape) {
        this.steps.clear();
        DecodeRequest request = new DecodeRequest(PROMPT, TOKENS, 0, Set.of(), sampling, shape, 16, drafting);
        return new DecodeSession(model, Optional.empty(), gate, others, new LookupTrust(), request,
                (token, origin) -> TokenSink.Signal.CONTINUE, new DecodeListener() {
                    @Override
                    public void onStep(DecodeStep step) {
                        LookupAloneTests.this.steps.add(step);
                    }
                })
            .run();
    }

    private DecodeResult run(ScriptedTargetModel model, Gate gate) {
        return run(model, gate, SamplingOptions.GREEDY, List.of(), DraftingOptions.DEFAULT, Optional.empty());
    }

    private int[] expected(ScriptedTargetModel model, SamplingOptions sampling) {
        return model.continuation(PROMPT, TOKENS, sampling);
    }

    private static List<Gate> gates() {
        return Stream
            .of(new AdaptiveGate(sizer()), new AlwaysGate(sizer()),
                    new ThresholdGate(GateSignal.TREE_EXPECTATION, 0.5, sizer()))
            .map((gate) -> (Gate) new OnMachine(gate, costs()))
            .toList();
    }

    @Test
    void textThatComesBackIsCopiedByEveryGate() {
        for (Gate gate : gates()) {
            DecodeResult result = run(this.circling, gate);
            assertThat(result.tokens()).isEqualTo(expected(this.circling, SamplingOptions.GREEDY));
            // It takes some fifty tokens until the first of them come back.
            assertThat(result.statistics().acceptanceLength()).isGreaterThan(1.5);
            assertThat(this.steps).allSatisfy((step) -> {
                assertThat(step.headsRan()).isFalse();
                assertThat(step.accepted().lookup()).isEqualTo(step.acceptedDraftTokens());
            });
        }
    }

    @ParameterizedTest
    @ValueSource(longs = { 1, 2, 3, 4, 5 })
    void sampledTextEqualsTheTargetsOwn(long seed) {
        for (Gate gate : gates()) {
            // Cold enough that it still goes in circles, mostly.
            SamplingOptions sampling = new SamplingOptions(0.1, 0, 0.9, seed);
            DecodeResult result = run(this.circling, gate, sampling, List.of(), DraftingOptions.DEFAULT,
                    Optional.empty());
            assertThat(result.tokens()).isEqualTo(expected(this.circling, sampling));
            assertThat(result.statistics().acceptedDraftTokens()).isPositive();
        }
    }

    @Test
    void textThatNeverComesBackIsDecodedWithPlainStepsOnly() {
        int[] expected = expected(this.wandering, SamplingOptions.GREEDY);
        assertThat(expected).doesNotHaveDuplicates();
        for (Gate gate : gates()) {
            DecodeResult result = run(this.wandering, gate);
            assertThat(result.tokens()).isEqualTo(expected);
            assertThat(result.statistics().draftedTokens()).isZero();
        }
    }

    @Test
    void adaptiveGateLearnsThatMatchesMeanNothing() {
        // A hash of all that came before: tokens come back, what followed them does not.
        ScriptedTargetModel deceiving = new ScriptedTargetModel(40, 1024);
        DecodeRequest request = new DecodeRequest(PROMPT, 1000, 0, Set.of(), SamplingOptions.GREEDY, Optional.empty(),
                16, DraftingOptions.DEFAULT);
        double[] rows = { 1 };
        DecodeResult result = new DecodeSession(deceiving, Optional.empty(),
                new OnMachine(new AdaptiveGate(sizer()), costs()), request,
                (token, origin) -> TokenSink.Signal.CONTINUE, new DecodeListener() {
                    @Override
                    public void onStep(DecodeStep step) {
                        rows[0] += costs().plainSteps(step.nodes());
                    }
                })
            .run();
        assertThat(1000 / rows[0]).as("tokens per time of a plain step").isGreaterThan(0.97);
        assertThat(result.tokens()).isEqualTo(deceiving.continuation(PROMPT, 1000, SamplingOptions.GREEDY));
    }

    @Test
    void memoryAloneDraftsWhatTheModelWroteBefore() {
        int[] before = IntStream
            .concat(IntStream.of(PROMPT), IntStream.of(expected(this.wandering, SamplingOptions.GREEDY)))
            .toArray();
        TextMemory memory = new TextMemory(before, new int[] { before.length });
        for (Gate gate : gates()) {
            DecodeResult result = run(this.wandering, gate, SamplingOptions.GREEDY, List.of(memory),
                    DraftingOptions.DEFAULT, Optional.empty());
            assertThat(result.tokens()).isEqualTo(expected(this.wandering, SamplingOptions.GREEDY));
            assertThat(result.statistics().acceptanceLength()).isGreaterThan(2);
            assertThat(this.steps)
                .allSatisfy((step) -> assertThat(step.accepted().memory()).isEqualTo(step.acceptedDraftTokens()));
        }
    }

    @Test
    void nothingIsDraftedWhereLookupIsOffOrTheShapeTakesHeads() {
        for (Gate gate : gates()) {
            assertThat(run(this.circling, gate, SamplingOptions.GREEDY, List.of(), DraftingOptions.HEADS_ALONE,
                    Optional.empty())
                .statistics()
                .draftedTokens()).isZero();
            assertThat(run(this.circling, gate, SamplingOptions.GREEDY, List.of(), DraftingOptions.DEFAULT,
                    Optional.of(TreeShape.parse("2,1")))
                .statistics()
                .draftedTokens()).isZero();
        }
    }

}
