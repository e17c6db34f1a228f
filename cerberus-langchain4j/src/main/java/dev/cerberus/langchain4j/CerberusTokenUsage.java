package dev.cerberus.langchain4j;

import java.util.Objects;

import dev.langchain4j.model.output.TokenUsage;
import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.engine.GenerationResult;

/**
 * The token usage of an answer with what drafting did for it. Immutable and thread-safe.
 */
public final class CerberusTokenUsage extends TokenUsage {

    private final int steps;

    private final int draftSteps;

    private final int draftedTokens;

    private final int acceptedDraftTokens;

    /**
     * Creates a token usage.
     * @param inputTokens tokens of the prompt
     * @param outputTokens tokens of the answer, those of a stop sequence included
     * @param steps forwards of the target model after the prompt's
     * @param draftSteps steps that verified draft tokens
     * @param draftedTokens draft tokens verified
     * @param acceptedDraftTokens draft tokens kept
     */
    public CerberusTokenUsage(int inputTokens, int outputTokens, int steps, int draftSteps, int draftedTokens,
            int acceptedDraftTokens) {
        super(inputTokens, outputTokens);
        this.steps = steps;
        this.draftSteps = draftSteps;
        this.draftedTokens = draftedTokens;
        this.acceptedDraftTokens = acceptedDraftTokens;
    }

    static CerberusTokenUsage of(GenerationResult result) {
        DecodeStatistics statistics = result.statistics();
        return new CerberusTokenUsage(statistics.promptTokens(), result.tokens().length, statistics.steps(),
                statistics.draftSteps(), statistics.draftedTokens(), statistics.acceptedDraftTokens());
    }

    /**
     * Returns the number of forwards of the target model after the prompt's.
     * @return 0 or more
     */
    public int steps() {
        return this.steps;
    }

    /**
     * Returns the number of steps that verified draft tokens.
     * @return 0 to {@link #steps()}
     */
    public int draftSteps() {
        return this.draftSteps;
    }

    /**
     * Returns the number of steps in which the gate skipped drafting.
     * @return 0 to {@link #steps()}
     */
    public int skippedSteps() {
        return this.steps - this.draftSteps;
    }

    /**
     * Returns the number of draft tokens verified.
     * @return 0 or more
     */
    public int draftedTokens() {
        return this.draftedTokens;
    }

    /**
     * Returns the number of draft tokens kept.
     * @return 0 to {@link #draftedTokens()}
     */
    public int acceptedDraftTokens() {
        return this.acceptedDraftTokens;
    }

    /**
     * Returns the sum of two usages; the counts of drafting are kept.
     */
    @Override
    public TokenUsage add(@Nullable TokenUsage other) {
        if (other == null) {
            return this;
        }
        int draftedByOther = 0;
        int acceptedOfOther = 0;
        int stepsOfOther = 0;
        int draftStepsOfOther = 0;
        if (other instanceof CerberusTokenUsage that) {
            stepsOfOther = that.steps;
            draftStepsOfOther = that.draftSteps;
            draftedByOther = that.draftedTokens;
            acceptedOfOther = that.acceptedDraftTokens;
        }
        return new CerberusTokenUsage(orZero(sum(inputTokenCount(), other.inputTokenCount())),
                orZero(sum(outputTokenCount(), other.outputTokenCount())), this.steps + stepsOfOther,
                this.draftSteps + draftStepsOfOther, this.draftedTokens + draftedByOther,
                this.acceptedDraftTokens + acceptedOfOther);
    }

    private static int orZero(@Nullable Integer count) {
        return (count == null) ? 0 : count;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CerberusTokenUsage that && super.equals(that) && this.steps == that.steps
                && this.draftSteps == that.draftSteps && this.draftedTokens == that.draftedTokens
                && this.acceptedDraftTokens == that.acceptedDraftTokens;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), this.steps, this.draftSteps, this.draftedTokens,
                this.acceptedDraftTokens);
    }

    @Override
    public String toString() {
        return "CerberusTokenUsage{inputTokens=" + inputTokenCount() + ", outputTokens=" + outputTokenCount()
                + ", steps=" + this.steps + ", draftSteps=" + this.draftSteps + ", draftedTokens=" + this.draftedTokens
                + ", acceptedDraftTokens=" + this.acceptedDraftTokens + "}";
    }

}
