package dev.cerberus.hf;

import java.util.Optional;

/**
 * How queries and keys of a layer are rotated by their position. Immutable.
 *
 * @param theta base of the frequencies, positive
 * @param dims elements of a head that are rotated, the first ones, even; 0 for none
 * @param scaling how the frequencies are stretched
 * @param queryGrowth how queries grow with their position, if they do
 */
public record RotaryEmbedding(double theta, int dims, RopeScaling scaling, Optional<QueryGrowth> queryGrowth) {

    public RotaryEmbedding {
        if (!(theta > 0) || Double.isInfinite(theta)) {
            throw new IllegalArgumentException("rope_theta must be positive and finite, was " + theta);
        }
        if (dims < 0 || dims % 2 != 0) {
            throw new IllegalArgumentException(
                    "the rotated part of a head must be even, because rotary embedding turns pairs, was " + dims);
        }
        if (dims > 0 && scaling instanceof RopeScaling.LongRope longRope) {
            longRope.requirePairs(dims / 2);
        }
    }

    /**
     * Creates a rotation without growth.
     * @param theta base of the frequencies, positive
     * @param dims elements of a head that are rotated, even
     * @param scaling how the frequencies are stretched
     */
    public RotaryEmbedding(double theta, int dims, RopeScaling scaling) {
        this(theta, dims, scaling, Optional.empty());
    }

    /** Returns a rotation that leaves heads as they are, wherever they stand. */
    public static RotaryEmbedding none() {
        return new RotaryEmbedding(1, 0, new RopeScaling.None());
    }

    /**
     * The rotary frequencies in radians per token, one for each rotated pair.
     * @param contextTokens the longest sequence that is to be computed
     * @return a fresh array of {@code dims / 2} values
     */
    public float[] inverseFrequencies(int contextTokens) {
        float[] frequencies = new float[this.dims / 2];
        for (int pair = 0; pair < frequencies.length; pair++) {
            // every intermediate result is rounded to 32 bits, as the tensors of the
            // reference are
            float exponent = (float) (2 * pair) / (float) this.dims;
            frequencies[pair] = 1.0f / (float) Math.pow((float) this.theta, exponent);
        }
        this.scaling.scale(frequencies, this.theta, contextTokens);
        return frequencies;
    }

    /**
     * Growth of queries with the logarithm of their position, in steps of the original
     * context.
     *
     * @param beta weight of the logarithm, at least 0
     * @param step tokens of a step, at least 1
     */
    public record QueryGrowth(double beta, int step) {

        public QueryGrowth {
            if (!(beta >= 0) || Double.isInfinite(beta)) {
                throw new IllegalArgumentException("llama_4_scaling_beta must be at least 0 and finite, was " + beta);
            }
            if (step < 1) {
                throw new IllegalArgumentException("original_max_position_embeddings must be at least 1, was " + step);
            }
        }

        /** Returns what the query of a position is multiplied by. */
        public float at(int position) {
            return (float) (1 + this.beta * Math.log1p(Math.floorDiv(position, this.step)));
        }

    }

}
