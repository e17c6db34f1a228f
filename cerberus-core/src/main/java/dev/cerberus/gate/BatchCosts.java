package dev.cerberus.gate;

import java.util.HashMap;
import java.util.Map;

/**
 * What draft nodes of one sequence cost beside what the other sequences of the same
 * forward have: one price for all.
 *
 * <p>
 * Before a sequence plans its step, {@link #beside} says with whom; alone, the cost curve
 * of one sequence decides as ever. Confined to the engine thread.
 */
/*
 * A plain step of S sequences is a forward of their roots and of pieces of prompts, P
 * rows. With D draft nodes in t trees so far, one more tree of n nodes makes the forward
 * T(P + D + n, t + 1) - T(P + D, t) longer. A sequence weighs its own tokens against its
 * own time; since the others lose as much as it does, its price is S times its own share:
 *
 * 1 + S · (T(P + D + n, t + 1) - T(P + D, t)) / T(P, 0)
 *
 * On average over the sequences that is T(P + all drafts, all trees) / T(P, 0): what they
 * pay is what the step takes, in plain steps, so that the rate at which they compare is
 * that of all. All see the same price, and each taking what pays for it is what pays for
 * all, as long as further rows cost about the same as the last. More sequences mean a
 * higher price, and trees that shrink to nothing by themselves. The heads run once for
 * all who ask them, while all the others wait: each pays a share of that.
 *
 * All prices refer to a forward without trees, which is not seen while somebody always
 * drafts. So now and then all take plain steps at once, which also tells whether drafts
 * pay at all (CompanyWorth).
 */
public final class BatchCosts implements StepCosts {

    private static final double HEADS_RATE = 0.05;

    private static final double LARGEST_RATIO = 2;

    /**
     * Forwards with two rows a sequence, in plain ones, that drafts may well be worth.
     */
    private static final double CHEAP = 1.5;

    private final CostCurve alone;

    private final BatchCost shared;

    /** By sequences, to a power of two. */
    private final Map<Integer, CompanyWorth> worth = new HashMap<>();

    private double headsSeconds; // of one sequence in company

    private int waiting = 1;

    private int sequences = 1;

    private int plainRows = 1;

    private int draftedRows;

    private int trees;

    /**
     * Creates the costs.
     * @param alone what steps of one sequence cost
     * @param shared what forwards of several cost
     */
    public BatchCosts(CostCurve alone, BatchCost shared) {
        this.alone = alone;
        this.shared = shared;
        this.headsSeconds = alone.headsSeconds();
    }

    /**
     * Says what the next sequence to plan is beside.
     * @param waitingInAll who waits while the forward runs, the one to plan included, at
     * least 1
     * @param sequencesInAll sequences of the forward, the one to plan included, at least
     * 1
     * @param rows rows of the forward without any draft, at least 1
     * @param drafted draft nodes of sequences that have planned, 0 or more
     * @param treesSoFar how many of those have any, 0 or more
     */
    public void beside(int waitingInAll, int sequencesInAll, int rows, int drafted, int treesSoFar) {
        this.waiting = waitingInAll;
        this.sequences = sequencesInAll;
        this.plainRows = rows;
        this.draftedRows = drafted;
        this.trees = treesSoFar;
    }

    /**
     * Follows a forward, and what has to be done with its results before the next one.
     * @param sequencesInAll sequences of the forward
     * @param rowsInAll rows of the forward
     * @param treesInAll sequences with draft nodes
     * @param seconds what all of that took
     */
    public void observeForward(int sequencesInAll, int rowsInAll, int treesInAll, double seconds) {
        if (sequencesInAll > 1) {
            this.shared.observe(rowsInAll, sequencesInAll, treesInAll, seconds);
        }
    }

    /**
     * Follows a step of several sequences.
     * @param sequencesInAll sequences of its forward, as {@link #beside} said, at least 2
     * @param plainRowsInAll rows of its forward without any draft
     * @param tokensEach tokens that those who write got, on average
     * @param seconds what it took, with planning it
     */
    public void observeStep(int sequencesInAll, int plainRowsInAll, double tokensEach, double seconds) {
        double plain = this.shared.seconds(plainRowsInAll, sequencesInAll, 0);
        worth(sequencesInAll).observe(tokensEach * plain, seconds);
    }

    private CompanyWorth worth(int sequencesInAll) {
        return this.worth.computeIfAbsent(Integer.SIZE - Integer.numberOfLeadingZeros(sequencesInAll),
                (power) -> new CompanyWorth(seemsToPay(sequencesInAll)));
    }

    /**
     * Returns whether a draft node for each sequence is cheap beside the token it may be.
     */
    private boolean seemsToPay(int sequencesInAll) {
        double plain = this.shared.seconds(sequencesInAll, sequencesInAll, 0);
        return this.shared.seconds(2 * sequencesInAll, sequencesInAll, sequencesInAll) < CHEAP * plain;
    }

    private boolean isAlone() {
        return this.sequences == 1;
    }

    @Override
    public int maxNodes() {
        return this.alone.maxNodes();
    }

    @Override
    public double plainSteps(int nodes) {
        if (isAlone()) {
            return this.alone.plainSteps(nodes);
        }
        if (nodes == 0) {
            return 1;
        }
        int rows = this.plainRows + this.draftedRows;
        double before = this.shared.seconds(rows, this.sequences, this.trees);
        double after = this.shared.seconds(rows + Math.min(nodes, maxNodes()), this.sequences, this.trees + 1);
        return 1 + this.waiting * (after - before) / plainSeconds();
    }

    @Override
    public double headsPlainSteps() {
        if (isAlone()) {
            return this.alone.headsPlainSteps();
        }
        return this.waiting * this.headsSeconds / plainSeconds();
    }

    private double plainSeconds() {
        return this.shared.seconds(this.plainRows, this.sequences, 0);
    }

    @Override
    public boolean plainStepIsDue(int patience) {
        return isAlone() && this.alone.plainStepIsDue(patience);
    }

    @Override
    public boolean rests() {
        return !isAlone() && worth(this.sequences).rests();
    }

    @Override
    public void observe(StepOutcome outcome) {
        if (isAlone()) {
            this.alone.observe(outcome);
        }
        else if (outcome.headsRan() && this.headsSeconds > 0) {
            double ratio = outcome.headsSeconds() / this.headsSeconds;
            this.headsSeconds *= 1 + HEADS_RATE * (Math.min(LARGEST_RATIO, ratio) - 1);
        }
    }

}
