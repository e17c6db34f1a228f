package dev.cerberus.sample;

import java.util.Arrays;

/**
 * Chooses a token from a row of logits by the Gumbel-max rule with position-keyed noise.
 *
 * <p>
 * A row with a logit that is not a number or is positive infinity, or without any finite
 * one, is an error: a model that has lost its numbers must not answer.
 *
 * <p>
 * The choice is {@code argmax_v(logit_v / T + G(seed, position, v))} over the tokens that
 * top-k, min-p and top-p leave, which is a sample of the filtered softmax. Not
 * thread-safe: it reuses scratch space; one instance per decoding thread.
 */
/*
 * A token whose noise can not make up for what its scaled logit lies below the best score
 * so far can not win, and its noise is not computed: two logarithms saved for nearly
 * every token. The row maximum is tried first, which leaves few candidates on a peaked
 * row.
 */
public final class TokenSampler {

    private final SamplingOptions options;

    private float[] scratch = new float[0];

    /**
     * Creates a sampler.
     * @param options temperature, filters and seed
     */
    public TokenSampler(SamplingOptions options) {
        this.options = options;
    }

    /**
     * Returns the chosen token.
     * @param logits logits of one position, [vocab]; not changed
     * @param position absolute position of the token to be chosen
     * @return token id
     * @throws ArithmeticException if a logit is not a number or is positive infinity, or
     * every logit is negative infinity
     */
    public int choose(float[] logits, long position) {
        int best = argmax(logits);
        if (!Float.isFinite(logits[best]) || !areNumbers(logits)) {
            throw notNumbers(position);
        }
        if (this.options.greedy()) {
            return best;
        }
        // Relative to the best one, so that no temperature, however small, overflows the
        // winner.
        double temperature = this.options.temperature();
        double floor = floor(logits, best);
        long key = GumbelNoise.key(this.options.seed(), position);
        int chosen = best;
        double bestScore = GumbelNoise.at(key, best);
        for (int token = 0; token < logits.length; token++) {
            double scaled = ((double) logits[token] - logits[best]) / temperature;
            if (token != best && logits[token] >= floor && GumbelNoise.mayExceed(key, token, bestScore - scaled)) {
                double score = scaled + GumbelNoise.at(key, token);
                if (score > bestScore) {
                    bestScore = score;
                    chosen = token;
                }
            }
        }
        return chosen;
    }

    /**
     * Returns the failure of a model that has lost its numbers.
     * @param position absolute position of the token to be chosen
     * @return the exception to be thrown
     */
    public static ArithmeticException notNumbers(long position) {
        return new ArithmeticException("The model's scores of the token at position " + position
                + " are not numbers; its weights are damaged, or the precision is too low for it: try fp32");
    }

    private static boolean areNumbers(float[] logits) {
        boolean all = true;
        for (float logit : logits) {
            all &= !Float.isNaN(logit);
        }
        return all;
    }

    /**
     * Returns the most probable token, the smallest id among equals. Logits that are not
     * numbers count as the smallest; if there is nothing else, the result is 0.
     * @param logits logits of one position, [vocab]
     * @return token id
     */
    public static int argmax(float[] logits) {
        int best = 0;
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] > largest) {
                largest = logits[i];
                best = i;
            }
        }
        return best;
    }

    /**
     * Returns the smallest logit that the filters keep; equal logits are kept together.
     */
    private double floor(float[] logits, int best) {
        boolean limitedK = this.options.topK() > 0 && this.options.topK() < logits.length;
        double floor = limitedK ? kthLargest(logits, this.options.topK()) : Double.NEGATIVE_INFINITY;
        if (this.options.minP() > 0) {
            floor = Math.max(floor, logits[best] + this.options.temperature() * Math.log(this.options.minP()));
        }
        return (this.options.topP() < 1) ? nucleusFloor(logits, logits[best], floor) : floor;
    }

    /*
     * With V tokens, those more than T·ln(V / (1 - p)) below the best one weigh together
     * less than a share 1 - p of the total, so the nucleus lies above that bound and only
     * the few tokens there need sorting.
     */
    private double nucleusFloor(float[] logits, float best, double lowest) {
        double temperature = this.options.temperature();
        double bound = best - temperature * Math.log(logits.length / (1 - this.options.topP()));
        double total = 0;
        int count = 0;
        float[] candidates = scratch(logits.length);
        for (float logit : logits) {
            if (logit >= lowest) {
                total += Math.exp(((double) logit - best) / temperature);
                if (logit >= bound) {
                    candidates[count++] = logit;
                }
            }
        }
        Arrays.sort(candidates, 0, count);
        double cumulative = 0;
        int at = count;
        while (at > 0 && cumulative < this.options.topP() * total) {
            at--;
            cumulative += Math.exp(((double) candidates[at] - best) / temperature);
        }
        return candidates[at];
    }

    private double kthLargest(float[] logits, int k) {
        float[] values = scratch(logits.length);
        for (int i = 0; i < logits.length; i++) {
            values[i] = Float.isNaN(logits[i]) ? Float.NEGATIVE_INFINITY : logits[i];
        }
        int low = 0;
        int high = logits.length - 1;
        int target = logits.length - k;
        while (low < high) {
            float pivot = values[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    float swap = values[i];
                    values[i++] = values[j];
                    values[j--] = swap;
                }
            }
            if (target <= j) {
                high = j;
            }
            else if (target >= i) {
                low = i;
            }
            else {
                return values[target];
            }
        }
        return values[target];
    }

    private float[] scratch(int length) {
        if (this.scratch.length != length) {
            this.scratch = new float[length];
        }
        return this.scratch;
    }

}
