package dev.cerberus.training;

import java.nio.ByteBuffer;
import java.util.Arrays;

import dev.cerberus.model.HeadsDescription;

/**
 * Maker of what the learner takes: positions of the text, with their labels and weights.
 */
final class Batches {

    private final DistilledText text;

    private final HeadsDescription heads;

    private final int[] vocabulary;

    private final int[] embedded;

    private final double headDecay;

    private final boolean soft;

    Batches(DistilledText text, HeadsDescription heads, int[] vocabulary, int[] embedded, double headDecay,
            boolean soft) {
        this.text = text;
        this.heads = heads;
        this.vocabulary = vocabulary;
        this.embedded = embedded;
        this.headDecay = headDecay;
        this.soft = soft;
    }

    /**
     * Returns some positions; for learning, a head's weights add up to its share of the
     * loss, otherwise every label counts one.
     */
    HeadsLearner.Batch of(int[] positions, int from, int to, boolean learning) {
        int n = to - from;
        int width = LearningProgram.rootsPerPosition(this.heads);
        int choices = (this.soft && learning) ? SelfDistillation.SOFT_RANKS : 1;
        ByteBuffer hidden = ByteBuffer.allocateDirect(n * 2 * this.heads.hiddenSize());
        long[] roots = new long[n * width];
        long[] labels = new long[this.heads.heads() * n * choices];
        float[] weights = new float[labels.length];
        long[] parents = new long[(this.heads.transitionRank() > 0) ? (this.heads.heads() - 1) * n : 0];
        Arrays.fill(parents, this.vocabulary.length);
        for (int i = 0; i < n; i++) {
            int position = positions[from + i];
            this.text.hidden(position, hidden);
            for (int j = 0; j < width; j++) {
                // beyond the end of the sequence there is no label either
                int shown = position + Math.min(j, this.text.labels(position));
                roots[i * width + j] = Arrays.binarySearch(this.embedded, this.text.token(shown));
            }
            for (int head = 0; head < Math.min(this.heads.heads(), this.text.labels(position)); head++) {
                label(position + head + 1, (head * n + i) * choices, choices, labels, weights);
                if (head > 0 && parents.length > 0) {
                    int row = Arrays.binarySearch(this.vocabulary, this.text.token(position + head));
                    parents[(head - 1) * n + i] = (row >= 0) ? row : this.vocabulary.length;
                }
            }
        }
        if (learning) {
            for (int head = 0; head < this.heads.heads(); head++) {
                normalize(weights, head * n * choices, (head + 1) * n * choices, Math.pow(this.headDecay, head));
            }
        }
        return new HeadsLearner.Batch(hidden.flip(), roots, labels, weights, parents);
    }

    private void label(int position, int at, int choices, long[] labels, float[] weights) {
        int[] likely = (choices > 1) ? this.text.likely(position) : null;
        for (int c = 0; c < choices; c++) {
            int token = (likely == null) ? this.text.token(position) : likely[c];
            int row = Arrays.binarySearch(this.vocabulary, token);
            if (row >= 0) {
                labels[at + c] = row;
                weights[at + c] = (likely == null) ? 1 : this.text.share(position, c);
            }
        }
    }

    private static void normalize(float[] weights, int from, int to, double total) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += weights[i];
        }
        for (int i = from; i < to && sum > 0; i++) {
            weights[i] = (float) (weights[i] * total / sum);
        }
    }

    /**
     * Returns the number of labels of each head, whether they can be proposed or not.
     */
    long[] labels(int[] positions, int from, int to) {
        long[] counts = new long[this.heads.heads()];
        for (int i = from; i < to; i++) {
            for (int head = 0; head < Math.min(counts.length, this.text.labels(positions[i])); head++) {
                counts[head]++;
            }
        }
        return counts;
    }

}
