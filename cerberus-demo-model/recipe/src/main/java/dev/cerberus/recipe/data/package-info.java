/**
 * Training data of the demo model: generated conversations, public texts, tokenizer and
 * token files.
 */
@NullMarked
package dev.cerberus.recipe.data;

import org.jspecify.annotations.NullMarked;
