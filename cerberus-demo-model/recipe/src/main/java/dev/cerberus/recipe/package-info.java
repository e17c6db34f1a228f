/**
 * The recipe of the demo model: commands that make its conversations, tokenizer, training
 * corpus and weights.
 */
@NullMarked
package dev.cerberus.recipe;

import org.jspecify.annotations.NullMarked;
