package dev.cerberus.engine;

/**
 * What steps cost on this machine at present, and what they yield.
 *
 * <p>
 * The array is not copied; treat it as read-only.
 *
 * @param stepSeconds seconds of a forward with 0, 1, 2, … draft nodes
 * @param headsSeconds seconds of running the heads once
 * @param tokensPerPlainStep running number of tokens gained per time of a plain step
 * @param reliability accepted draft tokens per token that the heads expected
 */
public record CostEstimate(double[] stepSeconds, double headsSeconds, double tokensPerPlainStep, double reliability) {
}
