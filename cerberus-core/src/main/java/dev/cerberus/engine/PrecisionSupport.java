package dev.cerberus.engine;

/**
 * A number format that the device of an engine computes in. Immutable and thread-safe.
 *
 * @param name {@code fp32}, {@code bf16}, {@code fp16} or {@code int8}
 * @param identical whether it gives the same tokens whatever is drafted, by the way it is
 * computed; others may flip near-ties
 * @param emulated whether the device has no instructions for it, so that every drafted
 * token costs a whole step
 */
public record PrecisionSupport(String name, boolean identical, boolean emulated) {
}
