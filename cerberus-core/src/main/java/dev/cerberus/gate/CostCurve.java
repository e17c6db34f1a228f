package dev.cerberus.gate;

import java.util.Arrays;

/**
 * What a step costs on this machine: seconds of a forward by number of draft nodes, and
 * of running the heads.
 *
 * <p>
 * Starts from a measurement and follows the steps observed since. Confined to the engine
 * thread; {@link #snapshot} may be read from another.
 */
/*
 * Only ratios between the entries matter to a decision, and a shared machine slows all of
 * them alike. So an observation is split: a drift common to all sizes, followed quickly,
 * and what is left, which moves the observed size's own entry slowly, and those of sizes
 * near it less, since what was wrong about one is likely wrong about its neighbours.
 * Otherwise sizes that were not used during a slow minute would look cheap afterwards. A
 * plain step has no neighbours: it runs other kernels.
 */
public final class CostCurve {

    private static final double DRIFT_RATE = 0.1;

    private static final double ENTRY_RATE = 0.01;

    private static final double LARGEST_RATIO = 2;

    private final double[] seconds; // [maxNodes + 1]

    private double headsSeconds;

    private double drift = 1;

    /**
     * Creates a curve.
     * @param secondsByNodes seconds of a forward with 0, 1, 2, … draft nodes, at least
     * one entry, all positive
     * @param headsSeconds seconds of running the heads once, 0 or more
     */
    public CostCurve(double[] secondsByNodes, double headsSeconds) {
        for (double value : secondsByNodes) {
            if (!(value > 0) || Double.isInfinite(value)) {
                throw new IllegalArgumentException(
                        "step costs must be positive, were " + Arrays.toString(secondsByNodes));
            }
        }
        if (secondsByNodes.length == 0 || !(headsSeconds >= 0) || Double.isInfinite(headsSeconds)) {
            throw new IllegalArgumentException("a cost curve needs the cost of a plain step and of the heads, were "
                    + Arrays.toString(secondsByNodes) + " and " + headsSeconds);
        }
        this.seconds = secondsByNodes.clone();
        this.headsSeconds = headsSeconds;
    }

    /**
     * Returns a curve through measured points, linear between them and made
     * non-decreasing.
     * @param nodes numbers of draft nodes measured, ascending without repetition, the
     * first 0
     * @param measuredSeconds seconds of a forward with that many nodes
     * @param headsSeconds seconds of running the heads once
     * @return the curve from 0 to the largest number measured
     */
    public static CostCurve through(int[] nodes, double[] measuredSeconds, double headsSeconds) {
        if (nodes.length == 0 || nodes.length != measuredSeconds.length || nodes[0] != 0) {
            throw new IllegalArgumentException("a cost curve needs one cost per number of nodes, 0 nodes first, was "
                    + Arrays.toString(nodes) + " with " + Arrays.toString(measuredSeconds));
        }
        for (int i = 1; i < nodes.length; i++) {
            if (nodes[i] <= nodes[i - 1]) {
                throw new IllegalArgumentException(
                        "numbers of nodes must be ascending without repetition, were " + Arrays.toString(nodes));
            }
        }
        double[] all = new double[nodes[nodes.length - 1] + 1];
        double highest = 0;
        double[] rising = new double[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            highest = Math.max(highest, measuredSeconds[i]);
            rising[i] = highest;
        }
        for (int i = 0; i + 1 < nodes.length; i++) {
            int width = nodes[i + 1] - nodes[i];
            for (int n = nodes[i]; n <= nodes[i + 1]; n++) {
                double share = (double) (n - nodes[i]) / width;
                all[n] = rising[i] * (1 - share) + rising[i + 1] * share;
            }
        }
        all[0] = rising[0];
        return new CostCurve(all, headsSeconds);
    }

    /**
     * Returns the largest number of draft nodes with a known cost.
     * @return 0 or more
     */
    public int maxNodes() {
        return this.seconds.length - 1;
    }

    /**
     * Returns the cost of a forward.
     * @param nodes draft nodes, 0 or more; the cost of {@link #maxNodes()} is given for
     * any more
     * @return in plain steps: 1 for no nodes
     */
    public double plainSteps(int nodes) {
        return this.seconds[Math.min(nodes, maxNodes())] / this.seconds[0];
    }

    /**
     * Returns the cost of running the heads.
     * @return in plain steps
     */
    public double headsPlainSteps() {
        return this.headsSeconds / this.seconds[0];
    }

    /**
     * Follows an observed step.
     * @param outcome the step
     */
    public void observe(StepOutcome outcome) {
        if (outcome.nodes() > maxNodes() || !(outcome.verifySeconds() > 0)) {
            return;
        }
        int nodes = outcome.nodes();
        double ratio = bounded(outcome.verifySeconds() / (this.seconds[nodes] * this.drift));
        this.drift *= Math.pow(ratio, DRIFT_RATE);
        int reach = nodes / 2; // entries further away do not move
        int last = Math.min(maxNodes(), nodes + reach);
        for (int n = nodes - reach; n <= last; n++) {
            double closeness = 1 - Math.abs(n - nodes) / (reach + 1.0);
            this.seconds[n] *= Math.pow(ratio, ENTRY_RATE * closeness);
        }
        if (outcome.headsRan() && outcome.headsSeconds() > 0 && this.headsSeconds > 0) {
            double headsRatio = bounded(outcome.headsSeconds() / (this.headsSeconds * this.drift));
            this.headsSeconds *= Math.pow(headsRatio, ENTRY_RATE);
        }
    }

    /** Keeps a pause of the machine from counting as a property of the step. */
    private static double bounded(double ratio) {
        return Math.min(LARGEST_RATIO, Math.max(1 / LARGEST_RATIO, ratio));
    }

    /**
     * Returns the present estimates.
     * @return seconds of a forward with 0, 1, 2, … draft nodes
     */
    public double[] snapshot() {
        double[] copy = this.seconds.clone();
        for (int i = 0; i < copy.length; i++) {
            copy[i] *= this.drift;
        }
        return copy;
    }

    /**
     * Returns the present estimate for the heads.
     * @return seconds of running the heads once
     */
    public double headsSeconds() {
        return this.headsSeconds * this.drift;
    }

}
