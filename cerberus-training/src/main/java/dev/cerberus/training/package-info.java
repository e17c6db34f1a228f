/**
 * Training of draft heads: the target model writes its own training text, and small heads
 * learn to foresee it.
 *
 * <p>
 * {@link dev.cerberus.training.HeadsTrainer} is the way in.
 */
@NullMarked
package dev.cerberus.training;

import org.jspecify.annotations.NullMarked;
