package dev.cerberus.decode;

/**
 * The outcome of a decoding.
 *
 * <p>
 * The array is not copied; treat it as read-only.
 *
 * @param tokens output token ids, without the prompt and the end-of-sequence token
 * @param finishReason why decoding ended
 * @param statistics counts and times
 */
public record DecodeResult(int[] tokens, FinishReason finishReason, DecodeStatistics statistics) {
}
