package dev.cerberus.gate;

import java.util.Arrays;
import java.util.List;

/**
 * How often a draft node is accepted, by the path probability that the heads gave it.
 *
 * <p>
 * Confined to the engine thread.
 */
/*
 * Path probabilities are cut into octaves: (1/2, 1], (1/4, 1/2], … Each octave keeps
 * decayed sums of nodes accepted and of nodes expected; their ratio corrects the
 * probability. An octave with little evidence leans on the ratio over all octaves, and
 * that one on 1, by PRIOR pseudo-nodes. Between the middles of two octaves the correction
 * is interpolated, so that it does not jump.
 */
final class Calibration {

    private static final int OCTAVES = 12;

    private static final double PRIOR = 5;

    /** What a measured table counts for, so that serving soon weighs more. */
    private static final double STARTING_NODES = 100;

    /** Applied once per drafting step: a memory of about 1000 of them. */
    private static final double DECAY = 0.999;

    private static final double LN_2 = Math.log(2);

    private final double[] accepted = new double[OCTAVES];

    private final double[] expected = new double[OCTAVES];

    private final double[] ratios = new double[OCTAVES];

    private double allAccepted;

    private double allExpected;

    /**
     * Creates a calibration that starts from what was measured before.
     * @param measured nodes by probability; empty to believe the heads at first
     */
    Calibration(List<Reliability> measured) {
        Arrays.fill(this.ratios, 1);
        double total = measured.stream().mapToDouble((bin) -> bin.nodes() * bin.probability()).sum();
        double scale = Math.min(1, STARTING_NODES / Math.max(total, Double.MIN_NORMAL));
        for (Reliability bin : measured) {
            int octave = (int) octave(bin.probability());
            this.expected[octave] += scale * bin.nodes() * bin.probability();
            this.accepted[octave] += scale * bin.nodes() * bin.accuracy();
            this.allExpected += scale * bin.nodes() * bin.probability();
            this.allAccepted += scale * bin.nodes() * bin.accuracy();
        }
        updateRatios();
    }

    /**
     * Follows nodes of which it has turned out whether they are right.
     * @param probabilities path probabilities that were given, [nodes]
     * @param right those of the nodes that were right
     */
    void observe(double[] probabilities, int[] right) {
        if (probabilities.length == 0) {
            return;
        }
        this.allAccepted *= DECAY;
        this.allExpected *= DECAY;
        for (int i = 0; i < OCTAVES; i++) {
            this.accepted[i] *= DECAY;
            this.expected[i] *= DECAY;
        }
        for (double probability : probabilities) {
            this.expected[(int) octave(probability)] += probability;
            this.allExpected += probability;
        }
        for (int node : right) {
            this.accepted[(int) octave(probabilities[node])]++;
            this.allAccepted++;
        }
        updateRatios();
    }

    private void updateRatios() {
        double overall = ratio();
        for (int i = 0; i < OCTAVES; i++) {
            this.ratios[i] = (this.accepted[i] + PRIOR * overall) / (this.expected[i] + PRIOR);
        }
    }

    /**
     * Returns the share of nodes with this path probability that are accepted.
     * @param pathProbability what the heads say, in 0..1
     * @return in 0..1
     */
    double acceptance(double pathProbability) {
        double at = Math.max(0, octave(pathProbability) - 0.5);
        int low = (int) Math.min(OCTAVES - 1, at);
        int high = Math.min(OCTAVES - 1, low + 1);
        double share = at - low;
        double ratio = this.ratios[low] * (1 - share) + this.ratios[high] * share;
        return Math.min(1, pathProbability * ratio);
    }

    /**
     * Returns how many tokens were accepted per token that the heads expected.
     * @return about 1 for well calibrated heads
     */
    double ratio() {
        return (this.allAccepted + PRIOR) / (this.allExpected + PRIOR);
    }

    /**
     * Returns 0 for probability 1, 1 for 1/2, …, less than OCTAVES; also for 0 and NaN.
     */
    private static double octave(double probability) {
        double value = -Math.log(probability) / LN_2;
        return (value < OCTAVES - 1) ? Math.max(0, value) : OCTAVES - 1;
    }

}
