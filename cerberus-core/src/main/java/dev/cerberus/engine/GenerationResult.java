package dev.cerberus.engine;

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
 */
public record GenerationResult(String id, String text, int[] tokens, FinishReason finishReason,
        DecodeStatistics statistics, double timeToFirstTokenSeconds, double seconds) {
}
