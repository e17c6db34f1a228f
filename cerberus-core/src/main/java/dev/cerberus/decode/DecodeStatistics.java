package dev.cerberus.decode;

/**
 * Counts and times of one decoding.
 *
 * @param promptTokens tokens of the prompt
 * @param steps forwards of the target model after prefill
 * @param draftSteps steps that verified draft tokens
 * @param zeroAcceptSteps draft steps of which no draft token became part of the answer
 * @param draftedTokens draft tokens verified
 * @param acceptedDraftTokens draft tokens that became part of the answer; what lies
 * behind its end is not counted
 * @param prefillSeconds time of the prompt's forward
 * @param decodeSeconds time of all steps
 */
public record DecodeStatistics(int promptTokens, int steps, int draftSteps, int zeroAcceptSteps, int draftedTokens,
        int acceptedDraftTokens, double prefillSeconds, double decodeSeconds) {

    /**
     * Returns the mean number of tokens gained per step.
     * @return at least 1; 1 without any step
     */
    public double acceptanceLength() {
        return (this.steps == 0) ? 1 : 1 + (double) this.acceptedDraftTokens / this.steps;
    }

}
