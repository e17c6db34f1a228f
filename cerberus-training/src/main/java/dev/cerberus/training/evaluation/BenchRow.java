package dev.cerberus.training.evaluation;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * What one mode did on the prompts of one category.
 *
 * @param mode name of the mode
 * @param category name of the category, {@link #ALL} for all of them,
 * {@link #NOT_LOOPING} for those whose autoregressive answer does not end in a loop
 * @param prompts number of prompts; a prompt is one turn
 * @param tokens output tokens
 * @param decodeSeconds decoding without prefill, the median of every prompt summed
 * @param tokensPerSecond output tokens by decode time
 * @param speedup autoregressive decode time by this mode's on the same prompts
 * @param acceptanceLength tokens gained per step, mean
 * @param zeroAcceptShare draft steps that kept no draft token by draft steps
 * @param skipShare steps that the gate skipped by steps; 0 for a mode without gate
 * @param identical share of the prompts whose tokens equal the autoregressive ones
 * @param prefillSeconds the prompts' forwards
 * @param steps forwards after prefill
 * @param draftSteps steps that verified draft tokens
 * @param zeroAcceptSteps draft steps that kept no draft token
 * @param draftedTokens draft tokens verified
 * @param acceptedDraftTokens draft tokens kept
 * @param source who proposed those
 */
@JsonPropertyOrder({ "mode", "category", "prompts", "tokens", "decodeSeconds", "tokensPerSecond", "speedup",
        "acceptanceLength", "zeroAcceptShare", "skipShare", "identical", "source" })
public record BenchRow(String mode, String category, int prompts, long tokens, double decodeSeconds,
        double tokensPerSecond, double speedup, double acceptanceLength, double zeroAcceptShare, double skipShare,
        double identical, double prefillSeconds, long steps, long draftSteps, long zeroAcceptSteps, long draftedTokens,
        long acceptedDraftTokens, SourceShares source) {

    /** The category of the rows over all prompts. */
    public static final String ALL = "all";

    /**
     * The category of the rows over all prompts but those whose autoregressive answer
     * {@linkplain Loops ends in a loop}; there are none where no answer does.
     */
    public static final String NOT_LOOPING = "not looping";

}
