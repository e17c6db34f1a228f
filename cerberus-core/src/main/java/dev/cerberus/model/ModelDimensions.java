package dev.cerberus.model;

/**
 * The sizes of a target model that its users need.
 *
 * @param vocabularySize tokens in the vocabulary
 * @param hiddenSize width of the hidden state
 * @param maxContext longest sequence in tokens, prompt and answer together
 */
public record ModelDimensions(int vocabularySize, int hiddenSize, int maxContext) {
}
