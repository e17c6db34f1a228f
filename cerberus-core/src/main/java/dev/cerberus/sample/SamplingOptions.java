package dev.cerberus.sample;

import java.util.Map;

/**
 * How the next token is chosen from the target model's logits. Immutable and thread-safe.
 *
 * <p>
 * Logits are changed by {@code logitBias}, then by {@code repetitionPenalty}, then by
 * {@code frequencyPenalty} and {@code presencePenalty}, and divided by the temperature;
 * {@code topK}, {@code minP} and {@code topP} say which of the tokens are left.
 *
 * @param temperature 0 for greedy decoding, else the divisor of the logits, 0..100
 * @param topK keep only the k most probable tokens; 0 keeps all
 * @param topP keep the smallest set of most probable tokens whose probabilities reach
 * this sum, in (0, 1]; 1 keeps all
 * @param minP keep only tokens that are at least this share as probable as the most
 * probable one, 0..1; 0 keeps all
 * @param repetitionPenalty what the logits of tokens that the text holds already are
 * divided by, or multiplied by where they are negative, in (0, 10]; 1 for no penalty
 * @param frequencyPenalty what is taken from a token's logit for each time that it stands
 * in the answer, -10..10; 0 for no penalty
 * @param presencePenalty what is taken from the logit of every token that stands in the
 * answer, -10..10; 0 for no penalty
 * @param logitBias what is added to the logits of single tokens, -100..100, by token id
 * @param seed key of the noise; the same seed, prompt and options give the same text
 */
public record SamplingOptions(double temperature, int topK, double topP, double minP, double repetitionPenalty,
        double frequencyPenalty, double presencePenalty, Map<Integer, Double> logitBias, long seed) {

    /**
     * Greedy decoding.
     */
    public static final SamplingOptions GREEDY = new SamplingOptions(0, 0, 1, 1, 0);

    private static final double MOST_PENALTY = 10;

    private static final double MOST_BIAS = 100;

    /**
     * Checks the ranges and copies the map.
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
        if (!(minP >= 0 && minP <= 1)) {
            throw new IllegalArgumentException("min-p must be in 0..1, was " + minP);
        }
        if (!(repetitionPenalty > 0 && repetitionPenalty <= 10)) {
            throw new IllegalArgumentException("repetition-penalty must be in (0, 10], was " + repetitionPenalty);
        }
        requireWithin("frequency-penalty", frequencyPenalty, MOST_PENALTY);
        requireWithin("presence-penalty", presencePenalty, MOST_PENALTY);
        logitBias = Map.copyOf(logitBias);
        logitBias.forEach((token, bias) -> {
            if (token < 0) {
                throw new IllegalArgumentException("logit-bias is for token ids of at least 0, was for " + token);
            }
            requireWithin("logit-bias of token " + token, bias, MOST_BIAS);
        });
    }

    private static void requireWithin(String name, double value, double most) {
        if (!(Math.abs(value) <= most)) {
            throw new IllegalArgumentException(
                    name + " must be in -" + (int) most + ".." + (int) most + ", was " + value);
        }
    }

    /**
     * Creates options with a repetition penalty.
     * @param temperature 0 for greedy decoding, else the divisor of the logits, 0..100
     * @param topK keep only the k most probable tokens; 0 keeps all
     * @param topP probability mass of the most probable tokens to keep, in (0, 1]
     * @param repetitionPenalty in (0, 10]; 1 for none
     * @param seed key of the noise
     */
    public SamplingOptions(double temperature, int topK, double topP, double repetitionPenalty, long seed) {
        this(temperature, topK, topP, 0, repetitionPenalty, 0, 0, Map.of(), seed);
    }

    /**
     * Creates options without penalties.
     * @param temperature 0 for greedy decoding, else the divisor of the logits, 0..100
     * @param topK keep only the k most probable tokens; 0 keeps all
     * @param topP probability mass of the most probable tokens to keep, in (0, 1]
     * @param seed key of the noise
     */
    public SamplingOptions(double temperature, int topK, double topP, long seed) {
        this(temperature, topK, topP, 1, seed);
    }

    /**
     * Returns these options with another least probability.
     * @param share of the most probable token's probability, 0..1; 0 keeps all
     * @return the options
     */
    public SamplingOptions withMinP(double share) {
        return new SamplingOptions(this.temperature, this.topK, this.topP, share, this.repetitionPenalty,
                this.frequencyPenalty, this.presencePenalty, this.logitBias, this.seed);
    }

    /**
     * Returns these options with a repetition penalty.
     * @param penalty in (0, 10]; 1 for none
     * @return the options
     */
    public SamplingOptions withRepetitionPenalty(double penalty) {
        return new SamplingOptions(this.temperature, this.topK, this.topP, this.minP, penalty, this.frequencyPenalty,
                this.presencePenalty, this.logitBias, this.seed);
    }

    /**
     * Returns these options with penalties of tokens that stand in the answer.
     * @param frequency for each time, -10..10; 0 for none
     * @param presence for all times together, -10..10; 0 for none
     * @return the options
     */
    public SamplingOptions withAnswerPenalties(double frequency, double presence) {
        return new SamplingOptions(this.temperature, this.topK, this.topP, this.minP, this.repetitionPenalty, frequency,
                presence, this.logitBias, this.seed);
    }

    /**
     * Returns these options with a bias of single tokens.
     * @param bias what is added to logits, -100..100, by token id
     * @return the options
     */
    public SamplingOptions withLogitBias(Map<Integer, Double> bias) {
        return new SamplingOptions(this.temperature, this.topK, this.topP, this.minP, this.repetitionPenalty,
                this.frequencyPenalty, this.presencePenalty, bias, this.seed);
    }

    /**
     * Returns whether tokens of the text so far are penalised.
     * @return whether any penalty is set
     */
    public boolean penalised() {
        return this.repetitionPenalty != 1 || this.frequencyPenalty != 0 || this.presencePenalty != 0;
    }

    /**
     * Returns whether the choice is made among the model's logits as they are.
     * @return whether there are no penalties and no bias
     */
    public boolean unchanged() {
        return !penalised() && this.logitBias.isEmpty();
    }

    /**
     * Returns whether every token can be chosen, however unlikely.
     * @return whether a token's chance against another does not depend on third ones
     */
    public boolean unfiltered() {
        return this.topK == 0 && this.topP == 1 && this.minP == 0;
    }

    /**
     * Returns whether the most probable token is always chosen.
     * @return whether the temperature is 0
     */
    public boolean greedy() {
        return this.temperature == 0;
    }

}
