package dev.cerberus.gate;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TreeSizerTests {

    private static final double[] COSTS = { 1, 1.2, 1.3, 1.5, 1.8, 2.2 };

    private final Experience experience = new Experience();

    private final TreeSizer sizer = new TreeSizer(new CostCurve(COSTS, 0.1), this.experience);

    /** A step that took what the curve says, and kept the first nodes. */
    private static StepOutcome outcome(double[] pathProbabilities, int accepted) {
        int[] kept = new int[accepted];
        Arrays.setAll(kept, (i) -> i);
        return new StepOutcome(pathProbabilities, kept, true, 0.1, COSTS[pathProbabilities.length]);
    }

    @Test
    void sizeIsTheBestByTrial() {
        RandomGenerator random = GateSimulation.random(3);
        for (int round = 0; round < 300; round++) {
            double[] probabilities = random.doubles(random.nextInt(9)).map((p) -> -p).sorted().map((p) -> -p).toArray();
            int atLeast = random.nextInt(2);
            int limit = Math.min(probabilities.length, COSTS.length - 1);
            int best = Math.min(atLeast, limit);
            double bestValue = Double.NEGATIVE_INFINITY;
            for (int n = best; n <= limit; n++) {
                // A fresh sizer believes the heads and runs at one token per plain step.
                double value = 1 + Arrays.stream(probabilities, 0, n).sum() - 1 * COSTS[n];
                if (value > bestValue + 1e-12) {
                    bestValue = value;
                    best = n;
                }
            }
            assertThat(this.sizer.size(probabilities, atLeast)).isEqualTo(best);
        }
    }

    @Test
    void growthEndsWithoutChangingTheSize() {
        RandomGenerator random = GateSimulation.random(5);
        int saved = 0;
        for (int round = 0; round < 300; round++) {
            double[] all = random.doubles(random.nextInt(9)).map((p) -> -p * p).sorted().map((p) -> -p).toArray();
            int atLeast = random.nextInt(2);
            DoublePredicate growth = this.sizer.growth(atLeast);
            int grown = 0;
            while (grown < all.length && growth.test(all[grown])) {
                grown++;
            }
            double[] proposed = Arrays.copyOf(all, grown);
            assertThat(this.sizer.size(proposed, atLeast)).isEqualTo(this.sizer.size(all, atLeast));
            assertThat(grown).isLessThan(COSTS.length);
            saved += Math.min(all.length, COSTS.length - 1) - grown;
        }
        assertThat(saved).isGreaterThan(300);
    }

    @Test
    void sizeOfNothingIsNothing() {
        assertThat(this.sizer.size(new double[0], 1)).isZero();
    }

    @Test
    void sizeBelowTheBarIsAsLeast() {
        assertThat(this.sizer.size(new double[] { 0.1, 0.05 }, 0)).isZero();
        assertThat(this.sizer.size(new double[] { 0.1, 0.05 }, 1)).isEqualTo(1);
    }

    @Test
    void rateFollowsTokensPerTime() {
        double[] three = { 0.9, 0.8, 0.7 };
        for (int i = 0; i < 400; i++) {
            this.sizer.observe(outcome(three, 3));
        }
        // Four tokens in 1.5 plain steps and the heads' 0.1.
        assertThat(this.sizer.tokensPerPlainStep()).isCloseTo(4 / 1.6, within(0.05));
        assertThat(this.experience.tokensPerPlainStep()).isGreaterThan(2);
        for (int i = 0; i < 400; i++) {
            this.sizer.observe(StepOutcome.plain(false, 0, 1));
        }
        assertThat(this.sizer.tokensPerPlainStep()).isCloseTo(1, within(0.01));
    }

    @Test
    void fastRateAsksMoreOfANode() {
        double[] doubtful = { 0.25, 0.15, 0.1 };
        int slow = this.sizer.size(doubtful, 0);
        for (int i = 0; i < 200; i++) {
            this.sizer.observe(outcome(new double[] { 1, 1, 1 }, 3));
        }
        assertThat(slow).isPositive();
        assertThat(this.sizer.size(doubtful, 0)).isLessThan(slow);
    }

    @Test
    void rateIsNeverBelowPlainDecoding() {
        for (int i = 0; i < 100; i++) {
            this.sizer.observe(outcome(new double[] { 0.5, 0.4, 0.3, 0.2, 0.1 }, 0));
        }
        assertThat(this.sizer.tokensPerPlainStep()).isEqualTo(1);
    }

    @Test
    void headsThatPromiseTooMuchAreBelievedLess() {
        double[] promised = { 0.8, 0.6, 0.4 };
        double before = this.sizer.expectations(promised)[3];
        for (int i = 0; i < 50; i++) {
            this.sizer.observe(outcome(promised, 0));
        }
        assertThat(this.sizer.expectations(promised)[3]).isLessThan(0.1 * before);
        assertThat(this.sizer.hopes(promised)[3]).as("what a probe hopes for").isCloseTo(before, within(1e-9));
        assertThat(this.experience.reliability()).isLessThan(0.2);
    }

    @Test
    void calibrationTellsProbabilitiesApart() {
        // Nodes of 0.9 are always kept, those of 0.3 never, those of 0.1 every fifth
        // time.
        for (int i = 0; i < 2000; i++) {
            int[] kept = (i % 5 == 0) ? new int[] { 0, 2 } : new int[] { 0 };
            this.sizer.observe(new StepOutcome(new double[] { 0.9, 0.3, 0.1 }, kept, true, 0.1, 1.5));
        }
        TreeSizer next = new TreeSizer(this.sizer.costs(), this.experience);
        double[] sums = next.expectations(new double[] { 0.9, 0.3, 0.1 });
        assertThat(sums[1]).isCloseTo(0.95, within(0.06));
        assertThat(sums[2] - sums[1]).isLessThan(0.2);
        assertThat(sums[3] - sums[2]).isCloseTo(0.2, within(0.06));
    }

    @Test
    void reliabilityWithoutDraftsKeepsItsRatioButLosesWeight() {
        double[] promised = { 0.8, 0.6, 0.4 };
        for (int i = 0; i < 100; i++) {
            this.sizer.observe(outcome(promised, 0));
        }
        double doubted = this.sizer.reliability();
        for (int i = 0; i < 1000; i++) {
            this.sizer.observe(StepOutcome.plain(false, 0, 1));
        }
        assertThat(this.sizer.reliability()).isCloseTo(doubted, within(1e-9));
        this.sizer.observe(outcome(promised, 3));
        assertThat(this.sizer.reliability()).isGreaterThan(doubted + 0.3);
    }

    @Test
    void probabilitiesOutsideTheirRangeDoNoHarm() {
        double[] odd = { 1, 1, 1e-300, 0 };
        this.sizer.observe(outcome(odd, 2));
        assertThat(this.sizer.expectations(odd)).hasSize(5).doesNotContain(Double.NaN);
        assertThat(this.sizer.size(odd, 0)).isEqualTo(2);
    }

}
