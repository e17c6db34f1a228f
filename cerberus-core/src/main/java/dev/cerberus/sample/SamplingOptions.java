package dev.cerberus.sample;

/**
 * How the next token is chosen from the target model's logits.
 *
 * @param temperature 0 for greedy decoding, else the divisor of the logits, 0..100
 * @param topK keep only the k most probable tokens; 0 keeps all
 * @param topP keep the smallest set of most probable tokens whose probabilities reach
 * this sum, in (0, 1]; 1 keeps all
 * @param repetitionPenalty what the logits of tokens that the text holds already are
 * divided by, or multiplied by where they are negative, in (0, 10]; 1 for no penalty
 * @param seed key of the noise; the same seed, prompt and options give the same text
 */
public record SamplingOptions(double temperature, int topK, double topP, double repetitionPenalty, long seed) {

    /**
     * Greedy decoding.
     */
    public static final SamplingOptions GREEDY = new SamplingOptions(0, 0, 1, 1, 0);

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
        if (!(repetitionPenalty > 0 && repetitionPenalty <= 10)) {
            throw new IllegalArgumentException("repetition-penalty must be in (0, 10], was " + repetitionPenalty);
        }
    }

    /**
     * Creates options without a repetition penalty.
     * @param temperature 0 for greedy decoding, else the divisor of the logits, 0..100
     * @param topK keep only the k most probable tokens; 0 keeps all
     * @param topP probability mass of the most probable tokens to keep, in (0, 1]
     * @param seed key of the noise
     */
    public SamplingOptions(double temperature, int topK, double topP, long seed) {
        this(temperature, topK, topP, 1, seed);
    }

    /**
     * Returns these options with a repetition penalty.
     * @param penalty in (0, 10]; 1 for none
     * @return the options
     */
    public SamplingOptions withRepetitionPenalty(double penalty) {
        return new SamplingOptions(this.temperature, this.topK, this.topP, penalty, this.seed);
    }

    /**
     * Returns whether tokens of the text so far are penalised.
     * @return whether the penalty is not 1
     */
    public boolean penalised() {
        return this.repetitionPenalty != 1;
    }

    /**
     * Returns whether the most probable token is always chosen.
     * @return whether the temperature is 0
     */
    public boolean greedy() {
        return this.temperature == 0;
    }

}
