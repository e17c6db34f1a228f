/**
 * What a device makes of a model: times of steps, trees, prompts and batches, the logits
 * beside a reference, and the first request beside later ones. {@code gpu/check} runs all
 * of it.
 */
package dev.cerberus.benchmarks.device;
