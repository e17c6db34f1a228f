package dev.cerberus.benchmarks.device;

import java.util.Arrays;

/**
 * What so many runs of one thing took.
 *
 * @param sorted milliseconds, ascending, at least one
 */
record Times(double[] sorted) {

    Times {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("times need at least one run");
        }
        sorted = sorted.clone();
        Arrays.sort(sorted);
    }

    /**
     * Runs something again and again.
     * @param warmUps runs that do not count
     * @param runs runs that count, at least 1
     * @param action what to run; it must not return before the device is done
     */
    static Times of(int warmUps, int runs, Runnable action) {
        for (int i = 0; i < warmUps; i++) {
            action.run();
        }
        double[] millis = new double[runs];
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            action.run();
            millis[i] = (System.nanoTime() - start) * 1e-6;
        }
        return new Times(millis);
    }

    int count() {
        return this.sorted.length;
    }

    double median() {
        return quantile(0.5);
    }

    /** Returns the time that 99 of 100 runs do not exceed. */
    double p99() {
        return quantile(0.99);
    }

    double max() {
        return this.sorted[this.sorted.length - 1];
    }

    private double quantile(double share) {
        return this.sorted[Math.max(0, (int) Math.ceil(share * this.sorted.length) - 1)];
    }

}
