package dev.cerberus.sample;

/**
 * How the next token is chosen from the target model's logits.
 *
 * @param temperature 0 for greedy decoding, else the divisor of the logits, 0..100
 * @param topK keep only the k most probable tokens; 0 keeps all
 * @param topP keep the smallest set of most probable tokens whose probabilities reach
 * this sum, in (0, 1]; 1 keeps all
 * @param seed key of the noise; the same seed, prompt and options give the same text
 */
public record SamplingOptions(double temperature, int topK, double topP, long seed) {

    /**
     * Greedy decoding.
     */
    public static final SamplingOptions GREEDY = new SamplingOptions(0, 0, 1, 0);

    /**
     * Checks the ranges.
     */
    public SamplingOptions {
        if (!(temperature >= 0 && temperature <= 100)) {
            throw new IllegalArgumentException("temperature must be in 0..100, was " + temperature);
        }
        if (topK < 0) {
            throw new IllegalArgumentException("top-k must be at least 1, or 0 for no limit, was " + topK);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top-p must be in (0, 1], was " + topP);
        }
    }

    /**
     * Returns whether the most probable token is always chosen.
     * @return whether the temperature is 0
     */
    public boolean greedy() {
        return this.temperature == 0;
    }

}
