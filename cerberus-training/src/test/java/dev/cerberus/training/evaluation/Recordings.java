package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;

/**
 * Small recordings made by hand or at random: two heads, three candidates each.
 */
final class Recordings {

    static final int HEADS = 2;

    static final int RANKS = 3;

    private static final double[][] PROBABILITIES = { { 0.6, 0.3, 0.1 }, { 0.5, 0.25, 0.125 } };

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
            int heads = Math.max(0, Math.min(HEADS, budget - root - 2));
            int[] trueRanks = new int[Math.min(heads, n - 1 - root)];
            float[] likeliest = new float[trueRanks.length];
            for (int d = 0; d < trueRanks.length; d++) {
                trueRanks[d] = ranks.get(root + d);
                likeliest[d] = (float) PROBABILITIES[d][0];
            }
            positions.add(new RecordedPosition(1, 2, 0.5, 0.9, PROBABILITIES[0][0], heads,
                    (heads == 0) ? RecordedDraft.NOTHING : RecordedDraft.of(tree(heads)), trueRanks, likeliest));
        }
        return new RecordedAnswer("p", 0, "writing", new int[n], budget, false, positions);
    }

    /** Returns all candidates as a tree whose tokens are ranks. */
    private static DraftTree tree(int heads) {
        int[][] ranks = new int[heads][];
        Arrays.fill(ranks, new int[] { 0, 1, 2 });
        return new HeadCandidates(ranks, Arrays.copyOf(PROBABILITIES, heads), 0.9).dynamic(0, 12, heads);
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
