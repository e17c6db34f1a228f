package dev.cerberus.training.evaluation;

import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.decode.DecodeStep;

/**
 * The running sums behind one row of a result. Not thread-safe.
 */
final class Tally {

    private int prompts;

    private int identicalPrompts;

    private long tokens;

    private double decodeSeconds;

    private double prefillSeconds;

    private long steps;

    private long draftSteps;

    private long zeroAcceptSteps;

    private long draftedTokens;

    private long acceptedDraftTokens;

    private long fromHeads;

    private long fromLookup;

    private long fromMemory;

    void add(Observation observation, boolean identical) {
        DecodeStatistics statistics = observation.result().statistics();
        this.prompts++;
        this.identicalPrompts += identical ? 1 : 0;
        this.tokens += observation.result().tokens().length;
        this.decodeSeconds += statistics.decodeSeconds();
        this.prefillSeconds += statistics.prefillSeconds();
        this.steps += statistics.steps();
        this.draftSteps += statistics.draftSteps();
        this.zeroAcceptSteps += statistics.zeroAcceptSteps();
        this.draftedTokens += statistics.draftedTokens();
        this.acceptedDraftTokens += statistics.acceptedDraftTokens();
        for (DecodeStep step : observation.steps()) {
            this.fromHeads += step.accepted().heads();
            this.fromLookup += step.accepted().lookup();
            this.fromMemory += step.accepted().memory();
        }
    }

    double decodeSeconds() {
        return this.decodeSeconds;
    }

    /**
     * Returns the row.
     * @param gated whether a gate could skip steps; without one, the plain steps are
     * those that had no room for a draft
     */
    BenchRow row(String mode, String category, Tally baseline, boolean gated) {
        double skipped = gated ? ratio(this.steps - this.draftSteps, this.steps, 0) : 0;
        return new BenchRow(mode, category, this.prompts, this.tokens, this.decodeSeconds,
                ratio((double) this.tokens, this.decodeSeconds, 0),
                ratio(baseline.decodeSeconds, this.decodeSeconds, 1),
                1 + ratio(this.acceptedDraftTokens, this.steps, 0), ratio(this.zeroAcceptSteps, this.draftSteps, 0),
                skipped, ratio((long) this.identicalPrompts, this.prompts, 1), this.prefillSeconds, this.steps,
                this.draftSteps, this.zeroAcceptSteps, this.draftedTokens, this.acceptedDraftTokens, source());
    }

    private SourceShares source() {
        long all = this.fromHeads + this.fromLookup + this.fromMemory;
        return new SourceShares(ratio(this.fromHeads, all, 0), ratio(this.fromLookup, all, 0),
                ratio(this.fromMemory, all, 0));
    }

    private static double ratio(long numerator, long denominator, double otherwise) {
        return ratio((double) numerator, (double) denominator, otherwise);
    }

    private static double ratio(double numerator, double denominator, double otherwise) {
        return (denominator > 0) ? numerator / denominator : otherwise;
    }

}
