package dev.cerberus.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Shares of the labels that the heads foresee, by head and rank.
 */
final class Accuracy {

    private final double[] nats;

    private final double[][] hits;

    private final long[] labels;

    Accuracy(int heads) {
        this.nats = new double[heads];
        this.hits = new double[heads][LearningProgram.RANKS];
        this.labels = new long[heads];
    }

    void add(float[][] rows, long[] counts) {
        for (int head = 0; head < rows.length; head++) {
            this.nats[head] += rows[head][0];
            this.labels[head] += counts[head];
            for (int rank = 0; rank < LearningProgram.RANKS; rank++) {
                this.hits[head][rank] += rows[head][rank + 1];
            }
        }
    }

    double[][] shares() {
        double[][] shares = new double[this.hits.length][LearningProgram.RANKS];
        for (int head = 0; head < shares.length; head++) {
            for (int rank = 0; rank < LearningProgram.RANKS; rank++) {
                shares[head][rank] = this.hits[head][rank] / Math.max(1, this.labels[head]);
            }
        }
        return shares;
    }

    /**
     * Tokens per step that the likeliest path alone would give if heads were independent.
     */
    double expectedTokens() {
        double expected = 1;
        double product = 1;
        for (double[] head : shares()) {
            product *= head[0];
            expected += product;
        }
        return expected;
    }

    String ranks(int head) {
        List<String> texts = new ArrayList<>();
        for (double share : shares()[head]) {
            texts.add(String.format(Locale.ROOT, "%.4f", share));
        }
        return String.join(",", texts);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("held-out");
        double[][] shares = shares();
        for (int head = 0; head < shares.length; head++) {
            text.append(String.format(Locale.ROOT, "%s head %d: loss %.3f, top-1 %.1f %%, top-%d %.1f %%",
                    (head == 0) ? "" : ";", head + 1, this.nats[head] / Math.max(1, this.labels[head]),
                    100 * shares[head][0], LearningProgram.RANKS, 100 * Arrays.stream(shares[head]).sum()));
        }
        return text
            .append(String.format(Locale.ROOT, "; about %.2f tokens per step on the likeliest path", expectedTokens()))
            .toString();
    }

}
