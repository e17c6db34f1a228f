package dev.cerberus.djl;

import dev.cerberus.sample.GumbelNoise;
import dev.cerberus.tree.Ranking;

/**
 * The best candidates of one head below one node.
 *
 * @param tokens token ids, [ranks]
 * @param probabilities their probabilities, [ranks], descending
 * @param entropyNats entropy of the whole distribution, in nats
 */
record RankedTokens(int[] tokens, double[] probabilities, double entropyNats) {

    /**
     * Reads one row of a draft call's result: probabilities, rows of the draft
     * vocabulary, entropy; [2·ranks + 1].
     */
    static RankedTokens read(float[] result, int row, int ranks, int[] vocabulary) {
        int at = row * (2 * ranks + 1);
        int[] tokens = new int[ranks];
        double[] probabilities = new double[ranks];
        for (int i = 0; i < ranks; i++) {
            float probability = result[at + i];
            probabilities[i] = Float.isNaN(probability) ? 0 : probability; // of heads
                                                                           // that are
                                                                           // damaged
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
    RankedTokens coupled(long key, int keep) {
        Ranking ranking = Ranking.coupled(this.tokens, this.probabilities, (token) -> GumbelNoise.at(key, token), keep);
        int kept = Math.min(keep, ranking.size());
        int[] rankedTokens = new int[kept];
        double[] ranked = new double[kept];
        for (int rank = 0; rank < kept; rank++) {
            rankedTokens[rank] = ranking.token(rank);
            ranked[rank] = ranking.probability(rank);
        }
        return new RankedTokens(rankedTokens, ranked, this.entropyNats);
    }

}
