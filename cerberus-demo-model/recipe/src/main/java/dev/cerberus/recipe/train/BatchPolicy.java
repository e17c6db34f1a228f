package dev.cerberus.recipe.train;

/**
 * Rule by which documents become batches.
 *
 * @param tokensPerBatch most tokens that go through the model at a time, padding included
 * @param maxLength longest sequence in tokens
 * @param packedShare share of the documents, in [0, 1], that are joined into sequences of
 * {@code maxLength}; the others have a sequence each, beside others of about their length
 * @param pool number of documents among which neighbours of one length are sought
 * @param unmaskedWeight what a token counts that the mask leaves out, in [0, 1]
 */
public record BatchPolicy(int tokensPerBatch, int maxLength, double packedShare, int pool, float unmaskedWeight) {

    /**
     * Lengths are rounded up to a multiple of this, so that few different shapes occur.
     */
    private static final int GRANULE = 16;

    public BatchPolicy {
        if (maxLength < GRANULE || maxLength % GRANULE != 0) {
            throw new IllegalArgumentException("maxLength must be a multiple of " + GRANULE + ", was " + maxLength);
        }
        if (tokensPerBatch < maxLength) {
            throw new IllegalArgumentException(
                    "tokensPerBatch must be at least maxLength, was " + tokensPerBatch + " and " + maxLength);
        }
        if (!(packedShare >= 0 && packedShare <= 1)) {
            throw new IllegalArgumentException("packedShare must be in [0, 1], was " + packedShare);
        }
        if (pool < 1) {
            throw new IllegalArgumentException("pool must be at least 1, was " + pool);
        }
        if (!(unmaskedWeight >= 0 && unmaskedWeight <= 1)) {
            throw new IllegalArgumentException("unmaskedWeight must be in [0, 1], was " + unmaskedWeight);
        }
    }

    int padded(int length) {
        return (length + GRANULE - 1) / GRANULE * GRANULE;
    }

}
