package dev.cerberus.engine;

/**
 * Sums since an engine's start.
 *
 * @param requests requests finished, cancelled ones included
 * @param failures requests that failed
 * @param promptTokens prompt tokens of the finished requests
 * @param outputTokens output tokens of the finished requests
 * @param steps forwards of the target model after prefill
 * @param draftSteps steps that the gate let draft
 * @param zeroAcceptSteps draft steps that kept no draft token
 * @param draftedTokens draft tokens verified
 * @param acceptedDraftTokens draft tokens kept
 */
public record EngineTotals(long requests, long failures, long promptTokens, long outputTokens, long steps,
        long draftSteps, long zeroAcceptSteps, long draftedTokens, long acceptedDraftTokens) {

    /**
     * Nothing yet.
     */
    public static final EngineTotals ZERO = new EngineTotals(0, 0, 0, 0, 0, 0, 0, 0, 0);

    EngineTotals plus(GenerationResult result) {
        var s = result.statistics();
        return new EngineTotals(this.requests + 1, this.failures, this.promptTokens + s.promptTokens(),
                this.outputTokens + result.tokens().length, this.steps + s.steps(), this.draftSteps + s.draftSteps(),
                this.zeroAcceptSteps + s.zeroAcceptSteps(), this.draftedTokens + s.draftedTokens(),
                this.acceptedDraftTokens + s.acceptedDraftTokens());
    }

    EngineTotals plusFailure() {
        return new EngineTotals(this.requests, this.failures + 1, this.promptTokens, this.outputTokens, this.steps,
                this.draftSteps, this.zeroAcceptSteps, this.draftedTokens, this.acceptedDraftTokens);
    }

}
