/**
 * The engine: a model with its heads, its tokenizer and one thread that owns the device,
 * serving requests from a bounded queue.
 */
@NullMarked
package dev.cerberus.engine;

import org.jspecify.annotations.NullMarked;
