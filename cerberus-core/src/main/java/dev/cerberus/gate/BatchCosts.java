package dev.cerberus.gate;

/**
 * What draft nodes of one sequence cost beside what the other sequences of the same
 * forward have: one price for all.
 *
 * <p>
 * Before a sequence plans its step, {@link #beside} says with whom; alone, the cost curve
 * of one sequence decides as ever. Confined to the engine thread.
 */
/*
 * With S sequences whose roots and drafts so far are R rows, n more rows make a forward
 * last T(R + n) / T(R) times as long, for all of them. A sequence weighs its own tokens
 * against its own time; since the others lose as much as it does, its price is S times
 * its own share:
 *
 * 1 + S · (T(R + n) - T(R)) / T(R)
 *
 * All sequences see the same price, so that each taking what pays for it is what pays for
 * all, as long as further rows cost about the same as the last: a node that one of them
 * leaves is worth less than one that another takes. More sequences mean a higher price,
 * and trees that shrink to nothing by themselves. Heads run for each sequence by itself,
 * while all the others wait.
 */
public final class BatchCosts implements StepCosts {

    private static final double HEADS_RATE = 0.05;

    private static final double LARGEST_RATIO = 2;

    private final CostCurve alone;

    private final BatchCost shared;

    private double headsSeconds; // of one sequence in company

    private int sequences = 1;

    private int rows = 1;

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
     * @param sequencesInAll sequences of the forward, the one to plan included, at least
     * 1
     * @param rowsSoFar rows of the forward, its root included and its draft nodes not
     */
    public void beside(int sequencesInAll, int rowsSoFar) {
        this.sequences = sequencesInAll;
        this.rows = rowsSoFar;
    }

    /**
     * Follows a forward.
     * @param sequencesInAll sequences of the forward
     * @param rowsInAll rows of the forward
     * @param seconds what it took
     */
    public void observeForward(int sequencesInAll, int rowsInAll, double seconds) {
        if (sequencesInAll > 1) {
            this.shared.observe(rowsInAll, sequencesInAll, seconds);
        }
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
        double before = this.shared.seconds(this.rows, this.sequences);
        double after = this.shared.seconds(this.rows + Math.min(nodes, maxNodes()), this.sequences);
        return 1 + this.sequences * (after - before) / before;
    }

    @Override
    public double headsPlainSteps() {
        if (isAlone()) {
            return this.alone.headsPlainSteps();
        }
        return this.sequences * this.headsSeconds / this.shared.seconds(this.rows, this.sequences);
    }

    @Override
    public boolean plainStepIsDue(int patience) {
        return isAlone() && this.alone.plainStepIsDue(patience);
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
