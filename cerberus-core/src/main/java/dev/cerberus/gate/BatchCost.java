package dev.cerberus.gate;

import java.util.Arrays;

/**
 * What a forward of several sequences costs, by its rows, its sequences, and how many of
 * them have a tree; learned from every such forward. Confined to the engine thread.
 */
/*
 * seconds(rows, sequences, trees) = drift · (curve(rows) + (sequences - 1) · each + trees
 * · tree): one curve over the rows of all sequences, linear between its knots, which
 * double from one to the next; what every further sequence adds, since each attends to
 * keys of its own; and what a sequence adds that has a tree, since it does not attend
 * together with those that have a row each. A shared machine slows everything alike; that
 * moves the drift. What is left of a surprise moves the numbers that had a part in it, in
 * proportion to their part of the seconds (normalized gradient steps on their
 * logarithms): a number that makes little of a forward is not what made it slow, however
 * often it counts, and what is never seen stays as it was measured. The curve never
 * falls.
 */
public final class BatchCost {

    private static final int KNOTS = 12; // up to 2048 rows

    private static final double DRIFT_RATE = 0.02;

    private static final double RATE = 0.05;

    private static final double LARGEST_RATIO = 2;

    /** Part of a row alone that a further sequence is taken to add at least. */
    private static final double LEAST_EACH = 0.01;

    private final double[] curve = new double[KNOTS]; // seconds at 1, 2, 4, … rows

    private double each;

    private double tree;

    private double drift = 1;

    /**
     * Creates the costs that are believed before anything was seen.
     * @param alone what forwards of one sequence cost
     * @param sequenceSeconds what a further sequence adds to a forward of as many rows, 0
     * or more
     */
    public BatchCost(CostCurve alone, double sequenceSeconds) {
        if (!(sequenceSeconds >= 0) || Double.isInfinite(sequenceSeconds)) {
            throw new IllegalArgumentException(
                    "the seconds of a further sequence must be at least 0, were " + sequenceSeconds);
        }
        double[] known = alone.snapshot();
        int last = known.length - 1;
        int half = last / 2;
        double slope = (last > half) ? (known[last] - known[half]) / (last - half) : known[0];
        for (int k = 0; k < KNOTS; k++) {
            int nodes = (1 << k) - 1;
            this.curve[k] = (nodes <= last) ? known[nodes] : known[last] + slope * (nodes - last);
        }
        this.each = Math.max(sequenceSeconds, LEAST_EACH * this.curve[0]);
        this.tree = this.each; // until forwards show more
    }

    /**
     * Returns the cost of a forward.
     * @param rows rows of all sequences, at least 1
     * @param sequences sequences, at least 1
     * @param trees how many of them have a tree, 0 or more
     * @return seconds
     */
    public double seconds(int rows, int sequences, int trees) {
        return this.drift * base(rows, sequences, trees);
    }

    private double base(int rows, int sequences, int trees) {
        int knot = knot(rows);
        double share = share(rows, knot);
        return this.curve[knot] * (1 - share) + this.curve[knot + 1] * share + (sequences - 1) * this.each
                + trees * this.tree;
    }

    /** Returns the last knot that is not above a number of rows, and has a successor. */
    private static int knot(int rows) {
        return Math.min(KNOTS - 2, 31 - Integer.numberOfLeadingZeros(rows));
    }

    private static double share(int rows, int knot) {
        return (double) (rows - (1 << knot)) / (1 << knot);
    }

    /**
     * Follows an observed forward.
     * @param rows rows of all sequences, at least 1
     * @param sequences sequences, at least 1
     * @param trees how many of them had a tree, 0 or more
     * @param seconds what it took
     */
    public void observe(int rows, int sequences, int trees, double seconds) {
        if (!(seconds > 0)) {
            return;
        }
        double expected = seconds(rows, sequences, trees);
        // a pause of the machine is no property of the forward
        double ratio = Math.min(LARGEST_RATIO, Math.max(1 / LARGEST_RATIO, seconds / expected));
        this.drift *= Math.pow(ratio, DRIFT_RATE);
        int knot = knot(rows);
        double high = share(rows, knot);
        double low = 1 - high;
        double lowPart = low * this.curve[knot];
        double highPart = high * this.curve[knot + 1];
        double eachPart = (sequences - 1) * this.each;
        double treePart = trees * this.tree;
        double step = RATE * (ratio - 1) * base(rows, sequences, trees)
                / (lowPart * lowPart + highPart * highPart + eachPart * eachPart + treePart * treePart);
        this.curve[knot] = Math.max(this.curve[0] / 2, this.curve[knot] * (1 + step * lowPart));
        this.curve[knot + 1] *= 1 + step * highPart;
        this.each *= 1 + step * eachPart;
        this.tree *= 1 + step * treePart;
        for (int k = knot; k > 0; k--) {
            this.curve[k - 1] = Math.min(this.curve[k - 1], this.curve[k]);
        }
        for (int k = knot + 1; k < KNOTS; k++) {
            this.curve[k] = Math.max(this.curve[k], this.curve[k - 1]);
        }
    }

    @Override
    public String toString() {
        return "BatchCost" + Arrays.toString(this.curve);
    }

}
