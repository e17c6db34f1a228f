package dev.cerberus.sample;

/**
 * A choice among all tokens by nothing but their logits and the noise: that of the
 * largest {@code logit / temperature + noise}. Immutable and thread-safe.
 *
 * @param temperature the divisor of the logits, larger than 0
 * @param seed key of the noise
 */
public record PlainSampling(double temperature, long seed) {

    /**
     * Checks the range.
     */
    public PlainSampling {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature must be larger than 0, was " + temperature);
        }
    }

}
