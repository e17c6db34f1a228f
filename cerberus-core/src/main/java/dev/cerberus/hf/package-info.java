/**
 * Reading of models: GGUF files, and directories in Hugging Face layout:
 * {@code config.json}, {@code generation_config.json}, safetensors files and where the
 * other files lie.
 *
 * <p>
 * Everything that comes from a file is checked before it is believed; whatever is wrong
 * ends in a {@link dev.cerberus.hf.ModelFileException} that names the file and what to
 * change.
 */
@NullMarked
package dev.cerberus.hf;

import org.jspecify.annotations.NullMarked;
