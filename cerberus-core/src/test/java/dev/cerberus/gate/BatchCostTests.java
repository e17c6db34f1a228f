package dev.cerberus.gate;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class BatchCostTests {

    private final CostCurve alone = CostCurve.through(new int[] { 0, 8, 16 }, new double[] { 1, 1.4, 2.2 }, 0.1);

    private final BatchCost cost = new BatchCost(this.alone, 0.25);

    @Test
    void costsAreThoseMeasuredAndGoOnInAStraightLine() {
        assertThat(this.cost.seconds(1, 1, 0)).isEqualTo(1);
        assertThat(this.cost.seconds(1, 5, 0)).isEqualTo(2);
        // The curve has knots at 8 rows, 7 nodes, and at 16 rows, 15 nodes: 1.35, 2.1.
        assertThat(this.cost.seconds(8, 1, 0)).isEqualTo(1.35, within(1e-9));
        assertThat(this.cost.seconds(12, 1, 0)).isEqualTo((1.35 + 2.1) / 2, within(1e-9));
        assertThat(this.cost.seconds(32, 1, 0)).isEqualTo(2.2 + 15 * 0.1, within(1e-9));
        assertThat(this.cost.seconds(5000, 1, 0)).isGreaterThan(this.cost.seconds(4000, 1, 0));
    }

    @Test
    void costsFollowAMachineOnWhichRowsAndSequencesCostSomethingElse() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        for (int i = 0; i < 20_000; i++) {
            int sequences = 2 + random.nextInt(7);
            int rows = sequences + random.nextInt(56);
            this.cost.observe(rows, sequences, 0, truth(rows, sequences) * (0.9 + 0.2 * random.nextDouble()));
        }
        for (int sequences : new int[] { 2, 4, 8 }) {
            for (int rows : new int[] { 8, 16, 48 }) {
                assertThat(this.cost.seconds(rows, sequences, 0)).as("%d rows, %d sequences", rows, sequences)
                    .isCloseTo(truth(rows, sequences), within(0.2 * truth(rows, sequences)));
            }
        }
    }

    private static double truth(int rows, int sequences) {
        return 0.5 + 0.08 * rows + 0.1 * sequences;
    }

    /*
     * Four sequences that always draft show little else than forwards of forty rows; that
     * those take longer than was believed says nothing of forwards of four.
     */
    @Test
    void forwardsThatAreNeverSeenAreNotBlamedForOthers() {
        CostCurve measured = CostCurve.through(new int[] { 0, 16 }, new double[] { 0.6, 1.6 }, 0.3);
        BatchCost believed = new BatchCost(measured, 0.1);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        for (int i = 0; i < 600; i++) {
            int rows = (i % 10 == 0) ? 4 + random.nextInt(20) : 34 + random.nextInt(9);
            believed.observe(rows, 4, 0, truth(rows, 4) * (0.9 + 0.2 * random.nextDouble()));
        }
        assertThat(believed.seconds(38, 4, 0)).isCloseTo(truth(38, 4), within(0.1 * truth(38, 4)));
        assertThat(believed.seconds(4, 4, 0)).isCloseTo(truth(4, 4), within(0.2 * truth(4, 4)));
    }

    @Test
    void moreRowsNeverCostLessAndAPauseOfTheMachineIsForgotten() {
        double before = this.cost.seconds(10, 3, 0);
        this.cost.observe(10, 3, 0, 1000);
        for (int i = 0; i < 200; i++) {
            this.cost.observe(10, 3, 0, before);
        }
        assertThat(this.cost.seconds(10, 3, 0)).isCloseTo(before, within(0.02 * before));
        this.cost.observe(40, 3, 0, 1e-9);
        this.cost.observe(40, 3, 0, 0);
        for (int rows = 1; rows < 200; rows++) {
            assertThat(this.cost.seconds(rows + 1, 3, 0)).isGreaterThanOrEqualTo(this.cost.seconds(rows, 3, 0));
            assertThat(this.cost.seconds(rows, 3, 0)).isPositive();
        }
    }

    /*
     * Rows by themselves attend together, which a tree does not: the first node of a tree
     * costs more than the next ones.
     */
    @Test
    void whatATreeCostsBesideItsRowsIsLearned() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        for (int i = 0; i < 20_000; i++) {
            int trees = random.nextInt(5);
            int rows = 4 + trees * (1 + random.nextInt(8));
            this.cost.observe(rows, 4, trees, (truth(rows, 4) + 0.3 * trees) * (0.9 + 0.2 * random.nextDouble()));
        }
        double rows = this.cost.seconds(10, 4, 0) - this.cost.seconds(8, 4, 0);
        double tree = this.cost.seconds(10, 4, 1) - this.cost.seconds(8, 4, 0);
        assertThat(tree - rows).isCloseTo(0.3, within(0.06));
        BatchCosts costs = new BatchCosts(this.alone, this.cost);
        costs.beside(4, 4, 4, 0, 0);
        assertThat(costs.plainSteps(1) - 1).isGreaterThan(2 * (costs.plainSteps(2) - costs.plainSteps(1)));
    }

    @Test
    void allDoWithoutDraftsNowAndThen() {
        BatchCosts costs = new BatchCosts(this.alone,
                new BatchCost(CostCurve.through(new int[] { 0, 63 }, new double[] { 1, 1.5 }, 0), 0));
        costs.beside(4, 4, 4, 0, 0);
        assertThat(rests(costs, 1)).as("a row costs little").isZero();
        assertThat(rests(costs, 200)).isBetween(6, 24);
        costs.beside(1, 1, 1, 0, 0);
        assertThat(costs.rests()).as("alone").isFalse();
    }

    @Test
    void draftsAreTriedLaterWhereEachRowCostsAsMuchAsTheFirst() {
        BatchCosts costs = new BatchCosts(this.alone,
                new BatchCost(CostCurve.through(new int[] { 0, 63 }, new double[] { 1, 64 }, 0), 0));
        costs.beside(4, 4, 4, 0, 0);
        assertThat(rests(costs, 33)).isEqualTo(33);
        assertThat(rests(costs, 8)).isZero();
    }

    /** Takes steps of which drafts make the most; returns how many are without. */
    private static int rests(BatchCosts costs, int steps) {
        int rests = 0;
        for (int i = 0; i < steps; i++) {
            boolean rest = costs.rests();
            rests += rest ? 1 : 0;
            costs.observeStep(4, 4, rest ? 1 : 2.5, rest ? 1 : 1.5);
        }
        return rests;
    }

    @Test
    void secondsThatAreNoTimeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BatchCost(this.alone, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new BatchCost(this.alone, Double.NaN));
    }

    @Test
    void aNodeCostsAllSequencesItsTime() {
        BatchCosts costs = new BatchCosts(this.alone, this.cost);
        assertThat(costs.plainSteps(8)).isEqualTo(1.4);
        assertThat(costs.headsPlainSteps()).isEqualTo(0.1);
        costs.beside(4, 4, 8, 0, 0);
        double before = this.cost.seconds(8, 4, 0);
        assertThat(costs.plainSteps(0)).isEqualTo(1);
        assertThat(costs.plainSteps(8)).isEqualTo(1 + 4 * (this.cost.seconds(16, 4, 1) - before) / before);
        assertThat(costs.headsPlainSteps()).isEqualTo(4 * 0.1 / before);
        assertThat(costs.plainStepIsDue(1)).isFalse();
        for (int i = 0; i < 200; i++) {
            costs.observe(StepOutcome.plain(true, 0.3, 1));
        }
        assertThat(costs.headsPlainSteps()).isEqualTo(4 * 0.3 / before, within(0.01));
        costs.beside(1, 1, 1, 0, 0);
        assertThat(costs.headsPlainSteps()).isEqualTo(0.1);
        assertThat(costs.plainSteps(8)).isEqualTo(1.4);
    }

    @Test
    void thoseWhosePromptsAreReadWaitToo() {
        BatchCosts costs = new BatchCosts(this.alone, this.cost);
        costs.beside(2, 2, 8, 0, 0);
        double few = costs.plainSteps(4) - 1;
        double heads = costs.headsPlainSteps();
        costs.beside(6, 2, 8, 0, 0);
        assertThat(costs.plainSteps(4) - 1).isCloseTo(3 * few, within(1e-9));
        assertThat(costs.headsPlainSteps()).isCloseTo(3 * heads, within(1e-9));
    }

    /* What the gates weigh their tokens against is what the step takes. */
    @Test
    void pricesOfAllSequencesAddUpToTheStep() {
        BatchCosts costs = new BatchCosts(this.alone, this.cost);
        int[] nodes = { 3, 0, 7, 2 };
        double paid = 0;
        int drafted = 0;
        int trees = 0;
        for (int own : nodes) {
            costs.beside(nodes.length, nodes.length, 6, drafted, trees);
            paid += costs.plainSteps(own);
            drafted += own;
            trees += (own > 0) ? 1 : 0;
        }
        double step = this.cost.seconds(6 + drafted, nodes.length, trees) / this.cost.seconds(6, nodes.length, 0);
        assertThat(paid / nodes.length).isCloseTo(step, within(1e-9));
    }

}
