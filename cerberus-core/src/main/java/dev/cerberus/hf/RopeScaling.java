package dev.cerberus.hf;

import java.util.List;

/**
 * How the rotary frequencies are stretched beyond the context a model was first trained
 * on. Immutable.
 */
public sealed interface RopeScaling {

    /**
     * Scales the frequencies, in the 32-bit arithmetic of the reference implementation.
     * @param inverseFrequencies radians per token of every pair, positive; overwritten
     * @param theta base of the frequencies
     * @param contextTokens the longest sequence that is to be computed
     */
    void scale(float[] inverseFrequencies, double theta, int contextTokens);

    /**
     * Returns what cosines and sines are multiplied by.
     * @return a positive number, 1 unless the scaling says otherwise
     */
    default double magnitude() {
        return 1;
    }

    /** No stretching. */
    record None() implements RopeScaling {

        @Override
        public void scale(float[] inverseFrequencies, double theta, int contextTokens) {
            // every frequency stays as it is
        }

    }

    /**
     * The same stretching for every frequency.
     *
     * @param factor how many times longer the context becomes, positive
     */
    record Linear(double factor) implements RopeScaling {

        public Linear {
            requirePositive("factor", factor);
        }

        @Override
        public void scale(float[] inverseFrequencies, double theta, int contextTokens) {
            for (int i = 0; i < inverseFrequencies.length; i++) {
                inverseFrequencies[i] /= (float) this.factor;
            }
        }

    }

    /**
     * The stretching of Llama 3.1: low frequencies fully, high ones not at all, a blend
     * in between.
     *
     * @param factor how many times longer the context becomes, positive
     * @param lowFreqFactor waves longer than the original context divided by this are
     * stretched fully, positive
     * @param highFreqFactor waves shorter than the original context divided by this are
     * kept, above lowFreqFactor
     * @param originalMaxPositions the context before stretching in tokens, at least 1
     */
    record Llama3(double factor, double lowFreqFactor, double highFreqFactor,
            int originalMaxPositions) implements RopeScaling {

        public Llama3 {
            requirePositive("factor", factor);
            requirePositive("low_freq_factor", lowFreqFactor);
            requirePositive("high_freq_factor", highFreqFactor);
            if (highFreqFactor <= lowFreqFactor) {
                throw new IllegalArgumentException("high_freq_factor must be above low_freq_factor (" + lowFreqFactor
                        + "), was " + highFreqFactor);
            }
            requireOriginal(originalMaxPositions);
        }

        @Override
        public void scale(float[] inverseFrequencies, double theta, int contextTokens) {
            for (int i = 0; i < inverseFrequencies.length; i++) {
                inverseFrequencies[i] = scale(inverseFrequencies[i]);
            }
        }

        float scale(float inverseFrequency) {
            float wavelength = (float) (2 * Math.PI) / inverseFrequency; // tokens
            if (wavelength < (float) (this.originalMaxPositions / this.highFreqFactor)) {
                return inverseFrequency;
            }
            if (wavelength > (float) (this.originalMaxPositions / this.lowFreqFactor)) {
                return inverseFrequency / (float) this.factor;
            }
            float keep = (this.originalMaxPositions / wavelength - (float) this.lowFreqFactor)
                    / (float) (this.highFreqFactor - this.lowFreqFactor);
            return (1 - keep) * inverseFrequency / (float) this.factor + keep * inverseFrequency;
        }

    }

    /**
     * YaRN: pairs that turn often in the original context are kept, those that turn
     * seldom stretched fully, with a ramp over the pairs in between.
     *
     * @param factor how many times longer the context becomes, positive
     * @param originalMaxPositions the context before stretching in tokens, at least 1
     * @param betaFast turns in the original context above which a pair is kept, positive
     * @param betaSlow turns below which it is stretched fully, positive
     * @param truncate whether the ramp begins and ends at whole pairs
     * @param magnitude what cosines and sines are multiplied by, positive
     */
    /* https://arxiv.org/abs/2309.00071 */
    record Yarn(double factor, int originalMaxPositions, double betaFast, double betaSlow, boolean truncate,
            double magnitude) implements RopeScaling {

        /** The width of a ramp that would have none. */
        private static final double STEEPEST = 0.001;

        public Yarn {
            requirePositive("factor", factor);
            requireOriginal(originalMaxPositions);
            requirePositive("beta_fast", betaFast);
            requirePositive("beta_slow", betaSlow);
            requirePositive("attention_factor", magnitude);
        }

        /**
         * Returns the magnitude that the paper recommends for a factor.
         * @param factor how many times longer the context becomes
         * @param weight what the logarithm of the factor is multiplied by, usually 1
         */
        static double magnitude(double factor, double weight) {
            return (factor <= 1) ? 1 : 0.1 * weight * Math.log(factor) + 1;
        }

        @Override
        public void scale(float[] inverseFrequencies, double theta, int contextTokens) {
            int dims = 2 * inverseFrequencies.length;
            double low = pairOfTurns(this.betaFast, dims, theta);
            double high = pairOfTurns(this.betaSlow, dims, theta);
            if (this.truncate) {
                low = Math.floor(low);
                high = Math.ceil(high);
            }
            low = Math.max(low, 0);
            high = Math.min(high, dims - 1);
            if (low == high) {
                high += STEEPEST;
            }
            for (int i = 0; i < inverseFrequencies.length; i++) {
                float keep = 1 - (float) Math.min(1, Math.max(0, (i - low) / (high - low)));
                float stretched = inverseFrequencies[i] / (float) this.factor;
                inverseFrequencies[i] = stretched * (1 - keep) + inverseFrequencies[i] * keep;
            }
        }

        /** Returns the pair, a fraction, that turns so often in the original context. */
        private double pairOfTurns(double turns, int dims, double theta) {
            return dims * Math.log(this.originalMaxPositions / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }

    }

    /**
     * LongRoPE: a factor of its own for every pair, one list for sequences within the
     * original context and one for longer ones.
     *
     * <p>
     * Which list holds is decided once for a model, by the longest sequence that it is
     * loaded for, because keys computed by one list can not be used with the other.
     *
     * @param shortFactors divisors of the frequencies within the original context,
     * positive
     * @param longFactors divisors beyond it, positive, as many
     * @param originalMaxPositions the original context in tokens, at least 1
     * @param magnitude what cosines and sines are multiplied by, positive
     */
    /* https://arxiv.org/abs/2402.13753 */
    record LongRope(List<Double> shortFactors, List<Double> longFactors, int originalMaxPositions,
            double magnitude) implements RopeScaling {

        public LongRope {
            shortFactors = List.copyOf(shortFactors);
            longFactors = List.copyOf(longFactors);
            shortFactors.forEach((factor) -> requirePositive("short_factor", factor));
            longFactors.forEach((factor) -> requirePositive("long_factor", factor));
            requireOriginal(originalMaxPositions);
            requirePositive("attention_factor", magnitude);
        }

        /**
         * Returns the magnitude that the paper recommends for a factor.
         * @param factor how many times longer the context becomes
         * @param originalMaxPositions the original context in tokens, at least 2
         */
        static double magnitude(double factor, int originalMaxPositions) {
            return (factor <= 1) ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalMaxPositions));
        }

        @Override
        public void scale(float[] inverseFrequencies, double theta, int contextTokens) {
            List<Double> factors = (contextTokens > this.originalMaxPositions) ? this.longFactors : this.shortFactors;
            for (int i = 0; i < inverseFrequencies.length; i++) {
                inverseFrequencies[i] /= factors.get(i).floatValue();
            }
        }

        /**
         * Checks that there is a factor for every pair.
         * @throws IllegalArgumentException if not
         */
        void requirePairs(int pairs) {
            if (this.shortFactors.size() != pairs || this.longFactors.size() != pairs) {
                throw new IllegalArgumentException("short_factor and long_factor must have a number for each of the "
                        + pairs + " rotated pairs of a head, had " + this.shortFactors.size() + " and "
                        + this.longFactors.size());
            }
        }

    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be positive and finite, was " + value);
        }
    }

    private static void requireOriginal(int originalMaxPositions) {
        if (originalMaxPositions < 1) {
            throw new IllegalArgumentException(
                    "original_max_position_embeddings must be at least 1, was " + originalMaxPositions);
        }
    }

}
