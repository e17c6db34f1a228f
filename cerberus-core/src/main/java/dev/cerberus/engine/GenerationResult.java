package dev.cerberus.engine;

import java.util.List;

import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.decode.FinishReason;

/**
 * The outcome of a request.
 *
 * <p>
 * The array is not copied; treat it as read-only.
 *
 * @param id unique within the process
 * @param text the answer, without stop string and end-of-sequence token
 * @param tokens output token ids, including those of a stop string
 * @param finishReason why the answer ended
 * @param statistics counts and times of decoding
 * @param timeToFirstTokenSeconds from submission to the first output token
 * @param seconds from submission to the end
 * @param logprobs how probable each of the tokens was; empty unless asked for
 */
public record GenerationResult(String id, String text, int[] tokens, FinishReason finishReason,
        DecodeStatistics statistics, double timeToFirstTokenSeconds, double seconds, List<TokenProbability> logprobs) {

    /**
     * Creates the outcome of a request that asked for no probabilities.
     * @param id unique within the process
     * @param text the answer
     * @param tokens output token ids
     * @param finishReason why the answer ended
     * @param statistics counts and times of decoding
     * @param timeToFirstTokenSeconds from submission to the first output token
     * @param seconds from submission to the end
     */
    public GenerationResult(String id, String text, int[] tokens, FinishReason finishReason,
            DecodeStatistics statistics, double timeToFirstTokenSeconds, double seconds) {
        this(id, text, tokens, finishReason, statistics, timeToFirstTokenSeconds, seconds, List.of());
    }

}
