package dev.cerberus.gate;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The gates never, always and threshold, and their signals.
 */
class FixedGateTests {

    private static final double[] PROPOSED = { 0.5, 0.4, 0.01 };

    private static final ToDoubleFunction<GateSignal> NO_SIGNALS = (signal) -> {
        throw new AssertionError("nobody should ask for " + signal);
    };

    private static TreeSizer sizer() {
        return new TreeSizer(new CostCurve(new double[] { 1, 1.2, 1.3, 1.5 }, 0.1), new Experience());
    }

    @Test
    void neverSkipsWithoutAsking() {
        Gate gate = new NeverGate();
        gate.observe(StepOutcome.plain(false, 0, 1));
        assertThat(gate.consultsHeads(NO_SIGNALS)).isFalse();
        assertThat(gate.decide(PROPOSED, false, NO_SIGNALS)).isEqualTo(GateDecision.SKIP);
    }

    @Test
    void alwaysDraftsTheBestNumberOrTheWholeShape() {
        Gate gate = new AlwaysGate(sizer());
        assertThat(gate.consultsHeads(NO_SIGNALS)).isTrue();
        assertThat(gate.decide(PROPOSED, false, NO_SIGNALS).nodes()).isEqualTo(2);
        assertThat(gate.decide(new double[] { 0.01, 0.01 }, false, NO_SIGNALS).nodes()).isEqualTo(1);
        assertThat(gate.decide(PROPOSED, true, NO_SIGNALS).nodes()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void thresholdDraftsOnTheRightSideOfIt(GateSignal signal) {
        Gate gate = new ThresholdGate(signal, 0.5, sizer());
        assertThat(drafts(gate, signal, 0.4)).isEqualTo(signal.draftsBelow());
        assertThat(drafts(gate, signal, 0.6)).isEqualTo(!signal.draftsBelow());
        assertThat(drafts(gate, signal, 0.5)).as("at the threshold").isFalse();
        assertThat(drafts(gate, signal, Double.NaN)).as("no value").isFalse();
    }

    /**
     * Heads run first only where the signal is theirs; what they cost is saved otherwise.
     */
    private static boolean drafts(Gate gate, GateSignal signal, double value) {
        ToDoubleFunction<GateSignal> only = (asked) -> {
            assertThat(asked).isEqualTo(signal);
            return value;
        };
        boolean consults = gate.consultsHeads(signal.needsHeads() ? NO_SIGNALS : only);
        if (signal.needsHeads()) {
            assertThat(consults).isTrue();
        }
        return consults && gate.decide(PROPOSED, false, only).drafts();
    }

    @Test
    void thresholdTakesAStaticShapeWhole() {
        Gate gate = new ThresholdGate(GateSignal.HEAD_CONFIDENCE, 0.5, sizer());
        assertThat(gate.decide(PROPOSED, true, (signal) -> 0.9).nodes()).isEqualTo(3);
        assertThat(gate.decide(PROPOSED, true, (signal) -> 0.1)).isEqualTo(GateDecision.SKIP);
    }

    @Test
    void thresholdThatIsNoNumberIsRefused() {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new ThresholdGate(GateSignal.HEAD_ENTROPY, Double.NaN, sizer()))
            .withMessage("the gate's threshold must be a number");
    }

    @ParameterizedTest
    @EnumSource
    void signalsAreFoundByTheirNames(GateSignal signal) {
        assertThat(GateSignal.ofId(signal.id())).isEqualTo(signal);
        assertThat(signal.id()).isEqualTo(signal.id().toLowerCase(Locale.ROOT)).doesNotContain("_");
    }

    @Test
    void unknownSignalSaysWhichThereAre() {
        assertThatIllegalArgumentException().isThrownBy(() -> GateSignal.ofId("entropy"))
            .withMessage("gate signal must be one of hidden-entropy, vocab-entropy, top1-margin, head-confidence, "
                    + "head-entropy, tree-expectation, was 'entropy'");
    }

    @Test
    void decisionsOfFewerThanNoNodesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new GateDecision(-1))
            .withMessage("nodes must be at least 0, was -1");
        assertThat(GateDecision.draft(3).drafts()).isTrue();
        assertThat(GateDecision.SKIP.drafts()).isFalse();
    }

}
