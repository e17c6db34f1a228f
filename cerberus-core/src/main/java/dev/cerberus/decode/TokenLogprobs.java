package dev.cerberus.decode;

import java.util.Arrays;

/**
 * How probable the model found one token of an answer, and which tokens it found most
 * probable there: the model's own scores, whatever temperature, filters, penalties, bias
 * and format made of them.
 *
 * <p>
 * The arrays are not copied; treat them as read-only.
 *
 * @param token the token of the answer
 * @param logprob natural logarithm of its probability
 * @param topTokens the most probable tokens, the smaller id first among equals
 * @param topLogprobs natural logarithms of their probabilities
 */
public record TokenLogprobs(int token, double logprob, int[] topTokens, double[] topLogprobs) {

    /**
     * Reads a row of scores.
     * @param logits logits of one position, [vocab]; not changed
     * @param token the token that was chosen
     * @param top how many of the most probable tokens are wanted
     * @return the probabilities
     */
    static TokenLogprobs of(float[] logits, int token, int top) {
        int[] best = new int[Math.min(top, logits.length)];
        int count = 0;
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            largest = Math.max(largest, logits[i]);
            int at = count;
            while (at > 0 && logits[best[at - 1]] < logits[i]) {
                at--;
            }
            if (at < best.length) {
                count = Math.min(count + 1, best.length);
                System.arraycopy(best, at, best, at + 1, count - at - 1);
                best[at] = i;
            }
        }
        double total = 0;
        for (float logit : logits) {
            total += Math.exp((double) logit - largest);
        }
        double norm = largest + Math.log(total);
        double[] logprobs = Arrays.stream(best).mapToDouble((each) -> logits[each] - norm).toArray();
        return new TokenLogprobs(token, logits[token] - norm, best, logprobs);
    }

}
