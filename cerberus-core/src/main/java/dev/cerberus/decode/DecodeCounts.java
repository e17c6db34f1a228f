package dev.cerberus.decode;

/**
 * The counts and times of one decoding while it goes on. Confined to the engine thread.
 */
final class DecodeCounts {

    private int steps;

    private int draftSteps;

    private int zeroAcceptSteps;

    private int draftedTokens;

    private int acceptedDraftTokens;

    private double prefillSeconds;

    private double decodeSeconds;

    void prefilled(double seconds) {
        this.prefillSeconds += seconds;
    }

    double prefillSeconds() {
        return this.prefillSeconds;
    }

    void decoded(double seconds) {
        this.decodeSeconds += seconds;
    }

    void count(DecodeStep step) {
        this.steps++;
        if (step.drafted()) {
            this.draftSteps++;
            this.draftedTokens += step.nodes();
            this.acceptedDraftTokens += step.acceptedDraftTokens();
            if (step.acceptedDraftTokens() == 0) {
                this.zeroAcceptSteps++;
            }
        }
    }

    DecodeStatistics statistics(int promptTokens) {
        return new DecodeStatistics(promptTokens, this.steps, this.draftSteps, this.zeroAcceptSteps, this.draftedTokens,
                this.acceptedDraftTokens, this.prefillSeconds, this.decodeSeconds);
    }

}
