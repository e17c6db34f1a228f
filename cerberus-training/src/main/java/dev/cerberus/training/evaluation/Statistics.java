package dev.cerberus.training.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The few statistics that reports need.
 */
final class Statistics {

    private Statistics() {
    }

    /**
     * Returns the median; of an even number of values the mean of the two in the middle.
     * @param values at least one
     * @return the median
     */
    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * Returns a value below which a share of the values lies. Between two values it is
     * the outer one, so that the quartiles are as far from either end.
     * @param values at least one
     * @param share in 0..1
     * @return the quantile, one of the values
     */
    static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double at = share * (sorted.length - 1);
        return sorted[(int) ((share <= 0.5) ? Math.ceil(at - 0.5) : Math.floor(at + 0.5))];
    }

    /**
     * Returns Spearman's rank correlation: Pearson's of the ranks, tied values sharing
     * their mean rank.
     * @param x one value per observation
     * @param y another value per observation
     * @return in -1..1; 0 if one of them does not vary
     */
    static double spearman(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "both sides need one value per observation, were " + x.length + " and " + y.length);
        }
        double[] a = ranks(x);
        double[] b = ranks(y);
        double mean = (x.length + 1) / 2.0;
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (a[i] - mean) * (b[i] - mean);
            aa += (a[i] - mean) * (a[i] - mean);
            bb += (b[i] - mean) * (b[i] - mean);
        }
        return (aa == 0 || bb == 0) ? 0 : ab / Math.sqrt(aa * bb);
    }

    /**
     * Returns the area under the ROC curve: how likely a positive observation has the
     * higher score than a negative one, a tie counting half.
     * @param scores one score per observation
     * @param positive whether the observation is a positive one
     * @return in 0..1; 0.5 if all observations are alike
     */
    /*
     * The Mann-Whitney U statistic: the rank sum of the positives, less its smallest
     * value.
     */
    static double areaUnderCurve(double[] scores, boolean[] positive) {
        if (scores.length != positive.length) {
            throw new IllegalArgumentException(
                    "both sides need one value per observation, were " + scores.length + " and " + positive.length);
        }
        double[] ranks = ranks(scores);
        double rankSum = 0;
        double positives = 0;
        for (int i = 0; i < ranks.length; i++) {
            if (positive[i]) {
                rankSum += ranks[i];
                positives++;
            }
        }
        double negatives = ranks.length - positives;
        if (positives == 0 || negatives == 0) {
            return 0.5;
        }
        return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
    }

    /** Returns 1-based ranks; tied values share their mean rank. */
    private static double[] ranks(double[] values) {
        Integer[] order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble((i) -> values[i]));
        double[] ranks = new double[values.length];
        int start = 0;
        while (start < order.length) {
            int end = start + 1;
            while (end < order.length && values[order[end]] == values[order[start]]) {
                end++;
            }
            for (int i = start; i < end; i++) {
                ranks[order[i]] = (start + 1 + end) / 2.0;
            }
            start = end;
        }
        return ranks;
    }

}
