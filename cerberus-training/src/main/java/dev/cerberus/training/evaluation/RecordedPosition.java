package dev.cerberus.training.evaluation;

/**
 * What was known at one position of a recorded answer, and what came of it.
 *
 * <p>
 * The arrays are not copied; treat them as read-only.
 *
 * @param hiddenEntropyNats entropy of the softmax over the hidden state, in nats
 * @param vocabEntropyNats entropy of the target's next-token distribution, in nats
 * @param top1Margin difference of the target's two largest probabilities, in 0..1
 * @param headEntropyNats entropy of the first head, in nats
 * @param probabilities of every head's candidates by rank, [heads][ranks]; fewer heads
 * near the end of the budget, none at its last token
 * @param trueRanks rank that each head gave to the token that followed, [known tokens];
 * the number of candidates if it was not among them
 */
public record RecordedPosition(double hiddenEntropyNats, double vocabEntropyNats, double top1Margin,
        double headEntropyNats, float[][] probabilities, int[] trueRanks) {

    /**
     * Checks the shapes.
     */
    public RecordedPosition {
        if (trueRanks.length > probabilities.length) {
            throw new IllegalArgumentException("a position can not have more known ranks than heads, was "
                    + trueRanks.length + " and " + probabilities.length);
        }
    }

    int heads() {
        return this.probabilities.length;
    }

}
