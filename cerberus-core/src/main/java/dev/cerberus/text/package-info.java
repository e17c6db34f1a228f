/**
 * Text on both sides of the decoder: tokenizer, chat templates, streaming detokenizer,
 * stop strings.
 *
 * <p>
 * Nothing here knows models or decoding; ids go out as {@code int[]} and come back one by
 * one.
 */
@NullMarked
package dev.cerberus.text;

import org.jspecify.annotations.NullMarked;
