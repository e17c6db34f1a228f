package dev.cerberus.gate;

/**
 * Draft nodes to which the heads gave about the same path probability, with how often
 * they were right. Immutable and thread-safe.
 *
 * @param probability mean path probability that the heads gave, in 0..1
 * @param accuracy share that was right, in 0..1
 * @param nodes number of nodes, at least 1
 */
public record Reliability(double probability, double accuracy, int nodes) {

    /**
     * Checks the ranges.
     */
    public Reliability {
        if (!(probability >= 0 && probability <= 1 && accuracy >= 0 && accuracy <= 1)) {
            throw new IllegalArgumentException(
                    "probability and accuracy must be in 0..1, were " + probability + " and " + accuracy);
        }
        if (nodes < 1) {
            throw new IllegalArgumentException("nodes must be at least 1, was " + nodes);
        }
    }

}
