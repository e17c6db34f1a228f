package dev.cerberus.training.evaluation;

/**
 * Shares of the accepted draft tokens by who proposed them; all 0 where none was
 * accepted.
 *
 * @param heads share of the draft heads, in 0..1
 * @param lookup share found in the text at hand, in 0..1
 * @param memory share found in the memory of other texts, in 0..1
 */
public record SourceShares(double heads, double lookup, double memory) {
}
