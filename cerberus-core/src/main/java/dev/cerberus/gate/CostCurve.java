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
 * them alike. So what an observation says beyond the estimate is split. Sizes that make
 * up most of the recent steps move the drift, a factor common to all entries: what has
 * changed since the last step is the machine. Sizes seen rarely move their own entry,
 * relative to the level that the others have set, and those of sizes near it less, since
 * what was wrong about one is likely wrong about its neighbours. A plain step has no
 * neighbours: it runs other kernels, and all ratios refer to it, so a gate that always
 * drafts should take one now and then (plainStepIsDue). The measurement at start is
 * brief, and the moment may have been busy: the first steps of a size count more than
 * later ones, and a size that looked too dear to be chosen would never be found out. So a
 * size that no step has told of comes a little nearer to the next smaller one with every
 * smaller step, until it is tried. What interrupts a step makes it longer, never shorter:
 * a longer one is believed less.
 */
public final class CostCurve implements StepCosts {

    private static final double DRIFT_RATE = 0.1;

    private static final double FREQUENT_ENTRY_RATE = 0.01;

    private static final double RARE_ENTRY_RATE = 0.15;

    /** Steps of a size that the measurement at start counts as much as. */
    private static final double MEASURED_STEPS = 2;

    private static final double HEADS_RATE = 0.02;

    private static final double LONGEST_RATIO = 1.3;

    private static final double SHORTEST_RATIO = 0.5;

    /**
     * By what share of what it adds to the next smaller size an untried size gets cheaper
     * with every step.
     */
    private static final double CURIOSITY = 0.005;

    private static final double USAGE_DECAY = 0.95;

    private static final int PLAIN_STEP_INTERVAL = 128;

    private static final int INTERVAL_AFTER_SURPRISE = 8;

    private static final double SURPRISE = 1.25;

    private final double[] usage; // [maxNodes + 1], decayed counts of steps

    private final double[] seen; // [maxNodes + 1], steps that told of an entry

    private int stepsSincePlain;

    private boolean surprised;

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
        this.usage = new double[secondsByNodes.length];
        this.seen = new double[secondsByNodes.length];
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
        double[] rising = rising(measuredSeconds);
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

    /*
     * The non-decreasing values closest to the measured ones in least squares (pool
     * adjacent violators): one sample that was too slow is averaged with its successors
     * instead of raising them all.
     */
    private static double[] rising(double[] values) {
        double[] means = new double[values.length];
        int[] sizes = new int[values.length];
        int blocks = 0;
        for (double value : values) {
            means[blocks] = value;
            sizes[blocks++] = 1;
            while (blocks > 1 && means[blocks - 2] > means[blocks - 1]) {
                int size = sizes[blocks - 2] + sizes[blocks - 1];
                means[blocks - 2] = (means[blocks - 2] * sizes[blocks - 2] + means[blocks - 1] * sizes[blocks - 1])
                        / size;
                sizes[blocks - 2] = size;
                blocks--;
            }
        }
        double[] result = new double[values.length];
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            Arrays.fill(result, at, at + sizes[block], means[block]);
            at += sizes[block];
        }
        return result;
    }

    @Override
    public int maxNodes() {
        return this.seconds.length - 1;
    }

    @Override
    public double plainSteps(int nodes) {
        return this.seconds[Math.min(nodes, maxNodes())] / this.seconds[0];
    }

    @Override
    public double headsPlainSteps() {
        return this.headsSeconds / this.seconds[0];
    }

    @Override
    public void observe(StepOutcome outcome) {
        if (outcome.nodes() > maxNodes() || !(outcome.verifySeconds() > 0)) {
            return;
        }
        int nodes = outcome.nodes();
        double ratio = bounded(outcome.verifySeconds() / (this.seconds[nodes] * this.drift));
        countStep(nodes, ratio);
        int reach = nodes / 2; // entries further away do not move
        int last = Math.min(maxNodes(), nodes + reach);
        double share = share(nodes - reach, last);
        this.drift *= Math.pow(ratio, DRIFT_RATE * share);
        for (int n = nodes - reach; n <= last; n++) {
            double closeness = 1 - Math.abs(n - nodes) / (reach + 1.0);
            this.seconds[n] *= Math.pow(ratio, entryRate(n, share) * closeness);
            this.seen[n] += closeness;
        }
        keepRising(nodes - reach, last);
        becomeCurious(last);
        if (outcome.headsRan() && outcome.headsSeconds() > 0 && this.headsSeconds > 0) {
            double headsRatio = bounded(outcome.headsSeconds() / (this.headsSeconds * this.drift));
            this.headsSeconds *= Math.pow(headsRatio, HEADS_RATE);
        }
    }

    /*
     * More nodes never cost less. What has just been seen is believed over entries that
     * were measured at start and not used since.
     */
    private void keepRising(int first, int last) {
        for (int n = first - 1; n > 0; n--) {
            this.seconds[n] = Math.min(this.seconds[n], this.seconds[n + 1]);
        }
        for (int n = Math.max(1, last) + 1; n <= maxNodes(); n++) {
            this.seconds[n] = Math.max(this.seconds[n], this.seconds[n - 1]);
        }
    }

    private void becomeCurious(int last) {
        for (int n = last + 1; n <= maxNodes(); n++) {
            if (this.seen[n] < 1) {
                this.seconds[n] -= CURIOSITY * (this.seconds[n] - this.seconds[n - 1]);
            }
        }
    }

    private double entryRate(int nodes, double share) {
        double known = FREQUENT_ENTRY_RATE + (RARE_ENTRY_RATE - FREQUENT_ENTRY_RATE) * (1 - share) * (1 - share);
        return Math.max(known, (1 - share) / (MEASURED_STEPS + 1 + this.seen[nodes]));
    }

    private void countStep(int nodes, double ratio) {
        for (int n = 0; n < this.usage.length; n++) {
            this.usage[n] *= USAGE_DECAY;
        }
        this.usage[nodes]++;
        if (nodes > 0) {
            this.stepsSincePlain++;
        }
        else {
            this.stepsSincePlain = 0;
            this.surprised = Math.max(ratio, 1 / ratio) > SURPRISE;
        }
    }

    /** Returns the share of recent steps whose size lies in a range. */
    private double share(int first, int last) {
        double inside = 0;
        double all = 0;
        for (int n = 0; n < this.usage.length; n++) {
            all += this.usage[n];
            inside += (n >= first && n <= last) ? this.usage[n] : 0;
        }
        return inside / all;
    }

    /*
     * After more than a hundred steps, or a few if the last one was a surprise.
     */
    @Override
    public boolean plainStepIsDue(int patience) {
        return this.stepsSincePlain >= patience * (this.surprised ? INTERVAL_AFTER_SURPRISE : PLAIN_STEP_INTERVAL);
    }

    /** Keeps a pause of the machine from counting as a property of the step. */
    private static double bounded(double ratio) {
        return Math.min(LONGEST_RATIO, Math.max(SHORTEST_RATIO, ratio));
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
