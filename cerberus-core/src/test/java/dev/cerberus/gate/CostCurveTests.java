package dev.cerberus.gate;

import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class CostCurveTests {

    private static StepOutcome step(int nodes, double headsSeconds, double verifySeconds) {
        return new StepOutcome(new double[nodes], new int[0], headsSeconds > 0, headsSeconds, verifySeconds);
    }

    @Test
    void throughIsLinearBetweenThePoints() {
        CostCurve curve = CostCurve.through(new int[] { 0, 2, 4 }, new double[] { 2, 3, 6 }, 1);
        assertThat(curve.snapshot()).containsExactly(2, 2.5, 3, 4.5, 6);
        assertThat(curve.maxNodes()).isEqualTo(4);
        assertThat(curve.plainSteps(0)).isEqualTo(1);
        assertThat(curve.plainSteps(4)).isEqualTo(3);
        assertThat(curve.plainSteps(99)).as("beyond what is known").isEqualTo(3);
        assertThat(curve.headsPlainSteps()).isEqualTo(0.5);
        assertThat(curve.headsSeconds()).isEqualTo(1);
    }

    @Test
    void throughNeverFalls() {
        CostCurve curve = CostCurve.through(new int[] { 0, 1, 2, 4 }, new double[] { 2, 3, 2.5, 1 }, 0);
        double pooled = (3 + 2.5 + 1) / 3;
        assertThat(curve.snapshot()).usingComparatorWithPrecision(1e-12)
            .containsExactly(2, pooled, pooled, pooled, pooled);
    }

    @Test
    void sizeThatProvesCheapMakesTheSmallerOnesNoDearer() {
        CostCurve curve = CostCurve.through(new int[] { 0, 4, 8, 16 }, new double[] { 1, 2, 2.2, 4 }, 0);
        for (int i = 0; i < 300; i++) {
            curve.observe(new StepOutcome(new double[8], new int[0], false, 0, 1.3));
            curve.observe(StepOutcome.plain(false, 0, 1));
        }
        assertThat(curve.plainSteps(8)).isLessThan(1.5);
        for (int n = 1; n < 16; n++) {
            assertThat(curve.plainSteps(n)).as("%d nodes", n).isLessThanOrEqualTo(curve.plainSteps(n + 1));
        }
    }

    @Test
    void throughOnePointKnowsPlainStepsOnly() {
        assertThat(CostCurve.through(new int[] { 0 }, new double[] { 2 }, 0).maxNodes()).isZero();
    }

    @Test
    void malformedMeasurementsAreRefused() {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> CostCurve.through(new int[] { 1, 2 }, new double[] { 1, 2 }, 0))
            .withMessageContaining("0 nodes first");
        assertThatIllegalArgumentException().isThrownBy(() -> CostCurve.through(new int[0], new double[0], 0))
            .withMessageContaining("0 nodes first");
        assertThatIllegalArgumentException().isThrownBy(() -> CostCurve.through(new int[] { 0 }, new double[2], 0))
            .withMessageContaining("one cost per number of nodes");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> CostCurve.through(new int[] { 0, 2, 2 }, new double[] { 1, 2, 3 }, 0))
            .withMessage("numbers of nodes must be ascending without repetition, were [0, 2, 2]");
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0, -1, Double.NaN, Double.POSITIVE_INFINITY })
    void costsThatAreNotPositiveAreRefused(double seconds) {
        assertThatIllegalArgumentException().isThrownBy(() -> new CostCurve(new double[] { 1, seconds }, 0))
            .withMessage("step costs must be positive, were [1.0, " + seconds + "]");
    }

    @ParameterizedTest
    @ValueSource(doubles = { -1, Double.NaN, Double.POSITIVE_INFINITY })
    void impossibleCostsOfTheHeadsAreRefused(double seconds) {
        assertThatIllegalArgumentException().isThrownBy(() -> new CostCurve(new double[] { 1 }, seconds))
            .withMessageEndingWith("were [1.0] and " + seconds);
    }

    @Test
    void slowMachineHardlyMovesTheRatios() {
        CostCurve curve = CostCurve.through(new int[] { 0, 8 }, new double[] { 1, 2 }, 0.2);
        for (int i = 0; i < 300; i++) {
            curve.observe(step(4, 0.3, 1.5 * 1.5)); // everything takes 1.5 times as long
        }
        assertThat(curve.snapshot()[0]).isCloseTo(1.5, within(0.1));
        assertThat(curve.plainSteps(4)).isCloseTo(1.5, within(0.08));
        assertThat(curve.plainSteps(8)).as("never tried").isBetween(1.7, 2.08);
        assertThat(curve.headsPlainSteps()).isCloseTo(0.2, within(0.015));
    }

    @Test
    void costsThatDifferFromTheMeasurementAreLearned() {
        CostCurve curve = CostCurve.through(new int[] { 0, 16 }, new double[] { 1, 1.2 }, 0.1);
        double[] truth = { 1, 1.5, 1.8 };
        for (int i = 0; i < 3000; i++) {
            int pick = i % 3;
            curve.observe(step(8 * pick, (pick == 0) ? 0 : 0.3, truth[pick]));
        }
        assertThat(curve.plainSteps(8)).isCloseTo(1.5, within(0.05));
        assertThat(curve.plainSteps(16)).isCloseTo(1.8, within(0.05));
        assertThat(curve.headsPlainSteps()).isCloseTo(0.3, within(0.02));
        // Never observed: learned from its neighbours.
        assertThat(curve.plainSteps(10)).isGreaterThan(1.3);
    }

    @Test
    void whatABusyMomentShowedIsUnlearnedInAFewSteps() {
        CostCurve curve = CostCurve.through(new int[] { 0, 4, 8, 16 }, new double[] { 1, 2, 3, 5 }, 0.1);
        for (int i = 0; i < 8; i++) {
            for (int plain = 0; plain < 3; plain++) {
                curve.observe(StepOutcome.plain(false, 0, 1));
            }
            curve.observe(step(8, 0.1, 1.2));
        }
        assertThat(curve.plainSteps(8)).isLessThan(1.7);
        assertThat(curve.plainSteps(6)).isLessThan(1.7);
    }

    /* As long as trees look dearer than they are worth, none is chosen, and none seen. */
    @Test
    void sizesThatLookTooDearAreTriedAtLast() {
        double[] truth = { 1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.35, 1.4 };
        double[] expected = { 0, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95 };
        CostCurve curve = CostCurve.through(new int[] { 0, 1, 2, 4, 8 }, new double[] { 1, 3, 3, 3, 3 }, 0.1);
        int last = 0;
        for (int i = 0; i < 1500; i++) {
            last = 0;
            for (int n = 1; n < expected.length; n++) {
                if (expected[n] - 1.5 * curve.plainSteps(n) > expected[last] - 1.5 * curve.plainSteps(last)) {
                    last = n;
                }
            }
            curve.observe((last == 0) ? StepOutcome.plain(false, 0, 1) : step(last, 0.1, truth[last]));
        }
        assertThat(last).isGreaterThan(1);
        assertThat(curve.plainSteps(4)).isLessThan(1.7);
        assertThat(expected[last] - 1.5 * (truth[last] - 1)).as("worth, of 0.5 at best").isGreaterThan(0.35);
    }

    @Test
    void sizesThatAreTooDearAreTriedOnceAndLeft() {
        CostCurve curve = CostCurve.through(new int[] { 0, 4 }, new double[] { 1, 4 }, 0.1);
        int tried = 0;
        for (int i = 0; i < 2000; i++) {
            boolean drafts = 0.8 > 1.2 * (curve.plainSteps(4) - 1);
            tried += drafts ? 1 : 0;
            curve.observe(drafts ? step(4, 0.1, 4) : StepOutcome.plain(false, 0, 1));
        }
        assertThat(tried).isBetween(1, 20);
        assertThat(curve.plainSteps(4)).isGreaterThan(1.7);
    }

    @Test
    void noiseLeavesTheRatiosNearTheTruth() {
        CostCurve curve = CostCurve.through(new int[] { 0, 16 }, new double[] { 1, 2 }, 0.1);
        RandomGenerator random = GateSimulation.random(2);
        for (int i = 0; i < 2000; i++) {
            int nodes = random.nextInt(17);
            curve.observe(step(nodes, 0.1, (1 + nodes / 16.0) * Math.exp(0.2 * random.nextGaussian())));
        }
        for (int nodes = 0; nodes <= 16; nodes++) {
            assertThat(curve.plainSteps(nodes)).isCloseTo(1 + nodes / 16.0, within(0.12));
        }
    }

    @Test
    void onePauseOfTheMachineChangesLittle() {
        CostCurve curve = CostCurve.through(new int[] { 0, 4 }, new double[] { 1, 2 }, 0.1);
        curve.observe(step(4, 0.1, 1000));
        assertThat(curve.plainSteps(4)).isCloseTo(2, within(0.03));
        assertThat(curve.snapshot()[0]).isLessThan(1.1);
    }

    @Test
    void stepsThatTellNothingAreIgnored() {
        CostCurve curve = CostCurve.through(new int[] { 0, 4 }, new double[] { 1, 2 }, 0.1);
        curve.observe(step(5, 0.1, 9));
        curve.observe(step(2, 0.1, 0));
        curve.observe(step(2, 0.1, Double.NaN));
        assertThat(curve.snapshot()).containsExactly(1, 1.25, 1.5, 1.75, 2);
        assertThat(curve.headsSeconds()).isEqualTo(0.1);
    }

    @Test
    void plainStepIsDueWhenNoneWasSeenForLong() {
        CostCurve curve = CostCurve.through(new int[] { 0, 4 }, new double[] { 1, 2 }, 0.1);
        for (int i = 0; i < 128; i++) {
            assertThat(curve.plainStepIsDue(1)).isFalse();
            curve.observe(step(4, 0.1, 2));
        }
        assertThat(curve.plainStepIsDue(1)).isTrue();
        curve.observe(step(0, 0, 1));
        assertThat(curve.plainStepIsDue(1)).isFalse();
    }

    @Test
    void plainStepThatSurprisesIsRepeatedSoon() {
        CostCurve curve = CostCurve.through(new int[] { 0, 4 }, new double[] { 1, 2 }, 0.1);
        curve.observe(step(4, 0.1, 2));
        curve.observe(step(0, 0, 0.5));
        for (int i = 0; i < 8; i++) {
            assertThat(curve.plainStepIsDue(1)).isFalse();
            curve.observe(step(4, 0.1, 2));
        }
        assertThat(curve.plainStepIsDue(1)).isTrue();
    }

    @Test
    void alwaysTheSameTreeStillLearnsFromItsFewPlainSteps() {
        CostCurve curve = CostCurve.through(new int[] { 0, 4 }, new double[] { 1, 1.1 }, 0.1);
        for (int i = 0; i < 2000; i++) {
            boolean plain = curve.plainStepIsDue(1);
            curve.observe(plain ? step(0, 0, 1) : step(4, 0.1, 2));
        }
        assertThat(curve.plainSteps(4)).isCloseTo(2, within(0.3));
    }

}
