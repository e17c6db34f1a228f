package dev.cerberus.decode;

import java.util.List;

/**
 * The outcome of a decoding.
 *
 * <p>
 * The array is not copied; treat it as read-only.
 *
 * @param tokens output token ids, without the prompt and the end-of-sequence token
 * @param finishReason why decoding ended
 * @param statistics counts and times
 * @param logprobs how probable each of the tokens was; empty unless asked for
 */
public record DecodeResult(int[] tokens, FinishReason finishReason, DecodeStatistics statistics,
        List<TokenLogprobs> logprobs) {
}
