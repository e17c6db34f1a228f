/**
 * Trainer of small Llama-shaped models on a CPU, through one TorchScript program on DJL.
 */
@NullMarked
package dev.cerberus.recipe.train;

import org.jspecify.annotations.NullMarked;
