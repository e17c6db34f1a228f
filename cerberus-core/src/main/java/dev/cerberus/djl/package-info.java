/**
 * The model, its draft heads and its key-value cache as TorchScript programs on DJL's
 * PyTorch engine.
 *
 * <p>
 * This is the only package of the core that imports {@code ai.djl}; the tokenizer's
 * {@code ai.djl.huggingface} alone is used elsewhere, in {@code dev.cerberus.text}.
 * Nothing outside this package sees an {@code NDArray}.
 */
@NullMarked
package dev.cerberus.djl;

import org.jspecify.annotations.NullMarked;
