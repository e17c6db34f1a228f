package dev.cerberus.gate;

/**
 * What a step did and what it took; the gates learn from it.
 *
 * <p>
 * The arrays are not copied; treat them as read-only.
 *
 * @param pathProbabilities path probabilities of the draft nodes verified, [nodes], in
 * 0..1; empty for a plain step
 * @param acceptedNodes those of them that were kept, from the root downwards
 * @param headsRan whether the heads were run
 * @param headsSeconds time of running the heads
 * @param verifySeconds time of the target's forward and the commit
 */
public record StepOutcome(double[] pathProbabilities, int[] acceptedNodes, boolean headsRan, double headsSeconds,
        double verifySeconds) {

    private static final double[] NO_PROBABILITIES = {};

    private static final int[] NO_NODES = {};

    /**
     * Returns the outcome of a step that verified no draft.
     * @param headsRan whether the heads were run nevertheless
     * @param headsSeconds time of running the heads
     * @param verifySeconds time of the target's forward and the commit
     * @return the outcome
     */
    public static StepOutcome plain(boolean headsRan, double headsSeconds, double verifySeconds) {
        return new StepOutcome(NO_PROBABILITIES, NO_NODES, headsRan, headsSeconds, verifySeconds);
    }

    /**
     * Returns the number of draft nodes verified.
     * @return 0 for a plain step
     */
    public int nodes() {
        return this.pathProbabilities.length;
    }

    /**
     * Returns the number of draft tokens kept.
     * @return 0..{@link #nodes()}
     */
    public int acceptedDraftTokens() {
        return this.acceptedNodes.length;
    }

    /**
     * Returns the number of accepted draft tokens that the heads expected of these nodes.
     * @return the sum of the path probabilities
     */
    public double expectation() {
        double sum = 0;
        for (double probability : this.pathProbabilities) {
            sum += probability;
        }
        return sum;
    }

}
