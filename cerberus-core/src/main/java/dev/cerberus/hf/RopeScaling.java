package dev.cerberus.hf;

/**
 * How the rotary frequencies are stretched beyond the context a model was first trained
 * on. Immutable.
 */
public sealed interface RopeScaling {

    /**
     * Scales one frequency, in the 32-bit arithmetic of the reference implementation.
     * @param inverseFrequency radians per token, positive
     * @return the scaled frequency
     */
    float scale(float inverseFrequency);

    /** No stretching. */
    record None() implements RopeScaling {

        @Override
        public float scale(float inverseFrequency) {
            return inverseFrequency;
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
        public float scale(float inverseFrequency) {
            return inverseFrequency / (float) this.factor;
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
            if (originalMaxPositions < 1) {
                throw new IllegalArgumentException(
                        "original_max_position_embeddings must be at least 1, was " + originalMaxPositions);
            }
        }

        @Override
        public float scale(float inverseFrequency) {
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

    private static void requirePositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be positive and finite, was " + value);
        }
    }

}
