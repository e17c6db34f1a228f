package dev.cerberus.djl;

import dev.cerberus.sample.GumbelNoise;

/**
 * The best candidates of one head below one node.
 *
 * @param tokens token ids, [ranks]
 * @param probabilities their probabilities, [ranks], descending
 * @param entropyNats entropy of the whole distribution, in nats
 */
record RankedTokens(int[] tokens, double[] probabilities, double entropyNats) {

    /**
     * Scale of the errors that heads make: chosen so that expected and actual accepts
     * agree.
     */
    private static final double ERROR_SCALE = 1.6;

    /**
     * Reads one row of a draft call's result: probabilities, rows of the draft
     * vocabulary, entropy; [2·ranks + 1].
     */
    static RankedTokens read(float[] result, int row, int ranks, int[] vocabulary) {
        int at = row * (2 * ranks + 1);
        int[] tokens = new int[ranks];
        double[] probabilities = new double[ranks];
        for (int i = 0; i < ranks; i++) {
            probabilities[i] = result[at + i];
            tokens[i] = vocabulary[(int) result[at + ranks + i]];
        }
        return new RankedTokens(tokens, probabilities, result[at + 2 * ranks]);
    }

    /**
     * Ranks the candidates by the noise that will decide the target's choice.
     * @param key the noise key of the position that the candidates are for
     * @param keep how many candidates are wanted, at most
     * @return the best ones, each with the probability that it is what the target chooses
     */
    /*
     * Coupled drafting. The target will choose argmax_v(log p(v) + G(v)), and G is known
     * already; with q for the head's probabilities, score(v) = log q(v) + G(v) is the
     * best guess at what it compares. How sure that guess is depends on how far log q
     * lies from log p. For errors that are Gumbel distributed themselves the answer is a
     * softmax of the scores divided by the errors' scale. The ranking within a head does
     * not depend on that scale; how nodes of different depths compare, and whether
     * drafting seems worth it, does.
     */
    RankedTokens coupled(long key, int keep) {
        int n = this.tokens.length;
        double[] scores = new double[n];
        double best = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            scores[i] = Math.log(Math.max(this.probabilities[i], Float.MIN_NORMAL))
                    + GumbelNoise.at(key, this.tokens[i]);
            best = Math.max(best, scores[i]);
        }
        double total = 0;
        for (double score : scores) {
            total += Math.exp((score - best) / ERROR_SCALE);
        }
        int kept = Math.min(keep, n);
        int[] rankedTokens = new int[kept];
        double[] ranked = new double[kept];
        for (int rank = 0; rank < kept; rank++) {
            int first = largest(scores);
            rankedTokens[rank] = this.tokens[first];
            ranked[rank] = Math.exp((scores[first] - best) / ERROR_SCALE) / total;
            scores[first] = Double.NEGATIVE_INFINITY;
        }
        return new RankedTokens(rankedTokens, ranked, this.entropyNats);
    }

    private static int largest(double[] values) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[largest]) {
                largest = i;
            }
        }
        return largest;
    }

}
