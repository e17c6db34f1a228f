package dev.cerberus.training;

import dev.cerberus.sample.TokenSampler;

/**
 * The most probable tokens of a row of logits.
 *
 * @param tokens token ids by falling probability, the smallest id first among equals
 * @param probabilities their probabilities at temperature 1
 */
record LikelyTokens(int[] tokens, float[] probabilities) {

    /**
     * Returns the most probable tokens.
     * @param logits finite numbers, [vocab]
     * @param ranks how many, at least 1; fewer if there are not so many
     */
    static LikelyTokens of(float[] logits, int ranks) {
        double largest = logits[TokenSampler.argmax(logits)];
        double total = 0;
        int count = Math.min(ranks, logits.length);
        int[] best = new int[count];
        int known = 0;
        for (int token = 0; token < logits.length; token++) {
            total += Math.exp(logits[token] - largest);
            if (known < count || logits[token] > logits[best[known - 1]]) {
                int at = (known < count) ? known++ : known - 1;
                while (at > 0 && logits[best[at - 1]] < logits[token]) {
                    best[at] = best[at - 1];
                    at--;
                }
                best[at] = token;
            }
        }
        float[] probabilities = new float[count];
        for (int rank = 0; rank < count; rank++) {
            probabilities[rank] = (float) (Math.exp(logits[best[rank]] - largest) / total);
        }
        return new LikelyTokens(best, probabilities);
    }

}
