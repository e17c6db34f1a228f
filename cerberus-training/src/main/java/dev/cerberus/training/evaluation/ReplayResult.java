package dev.cerberus.training.evaluation;

/**
 * What a recording says about a way to decode: counts exactly, times by the cost curve.
 *
 * @param tokens output tokens
 * @param steps forwards after prefill
 * @param draftSteps steps that verify draft tokens
 * @param zeroAcceptSteps draft steps that keep no draft token
 * @param draftedTokens draft tokens verified
 * @param acceptedDraftTokens draft tokens kept
 * @param seconds time of all steps by the cost curve
 * @param plainSeconds time of plain decoding by the cost curve
 */
public record ReplayResult(long tokens, long steps, long draftSteps, long zeroAcceptSteps, long draftedTokens,
        long acceptedDraftTokens, double seconds, double plainSeconds) {

    /**
     * Returns how much faster than plain decoding it is.
     * @return plain time by this time; 1 without any step
     */
    public double speedup() {
        return (this.seconds > 0) ? this.plainSeconds / this.seconds : 1;
    }

    /**
     * Returns the tokens gained per step.
     * @return at least 1
     */
    public double acceptanceLength() {
        return (this.steps == 0) ? 1 : 1 + (double) this.acceptedDraftTokens / this.steps;
    }

    /**
     * Returns the rate of decoding.
     * @return output tokens per second
     */
    public double tokensPerSecond() {
        return (this.seconds > 0) ? this.tokens / this.seconds : 0;
    }

    /**
     * Returns how many draft steps were in vain.
     * @return zero-accept steps by draft steps
     */
    public double zeroAcceptShare() {
        return (this.draftSteps == 0) ? 0 : (double) this.zeroAcceptSteps / this.draftSteps;
    }

    /**
     * Returns how many steps did not draft.
     * @return plain steps by steps
     */
    public double skipShare() {
        return (this.steps == 0) ? 0 : (double) (this.steps - this.draftSteps) / this.steps;
    }

}
