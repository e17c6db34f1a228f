package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Small recordings made by hand or at random: two heads, three candidates each.
 */
final class Recordings {

    static final int HEADS = 2;

    static final int RANKS = 3;

    private static final float[][] PROBABILITIES = { { 0.6f, 0.3f, 0.1f }, { 0.5f, 0.25f, 0.125f } };

    private Recordings() {
    }

    /**
     * Returns an answer in which every head gives the token at index i the rank
     * {@code ranks.get(i - 1)}.
     * @param ranks ranks of the tokens after the first
     * @param budget the most tokens
     */
    static RecordedAnswer answer(List<Integer> ranks, int budget) {
        int n = ranks.size() + 1;
        List<RecordedPosition> positions = new ArrayList<>();
        for (int root = 0; root < n - 1; root++) {
            int heads = Math.min(HEADS, budget - root - 2);
            float[][] probabilities = new float[Math.max(0, heads)][];
            System.arraycopy(PROBABILITIES, 0, probabilities, 0, probabilities.length);
            int[] trueRanks = new int[Math.min(probabilities.length, n - 1 - root)];
            for (int d = 0; d < trueRanks.length; d++) {
                trueRanks[d] = ranks.get(root + d);
            }
            positions.add(new RecordedPosition(1, 2, 0.5, 0.9, probabilities, trueRanks));
        }
        return new RecordedAnswer("p", 0, "writing", new int[n], budget, false, positions);
    }

    static Recording of(RecordedAnswer... answers) {
        double[] costs = new double[13];
        for (int n = 0; n < costs.length; n++) {
            costs[n] = 1 + 0.1 * n;
        }
        return new Recording("test", "cpu", "fp32", "cerberus", HEADS, RANKS, 0, false, costs, 0.25, List.of(answers));
    }

    static Recording random(RandomGenerator random) {
        RecordedAnswer[] answers = new RecordedAnswer[5];
        for (int i = 0; i < answers.length; i++) {
            List<Integer> ranks = new ArrayList<>();
            int length = 1 + random.nextInt(40);
            for (int t = 0; t < length; t++) {
                ranks.add(random.nextInt(RANKS + 1));
            }
            answers[i] = answer(ranks, length + 1 + random.nextInt(2));
        }
        return of(answers);
    }

}
