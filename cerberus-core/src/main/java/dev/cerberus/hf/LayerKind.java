package dev.cerberus.hf;

import java.util.OptionalInt;

/**
 * What may differ from layer to layer of a model. Immutable.
 *
 * @param rotary how queries and keys are rotated
 * @param slidingWindow tokens that a position sees, itself included, if that is limited;
 * at least 1
 */
public record LayerKind(RotaryEmbedding rotary, OptionalInt slidingWindow) {

    public LayerKind {
        if (slidingWindow.isPresent() && slidingWindow.getAsInt() < 1) {
            throw new IllegalArgumentException("sliding_window must be at least 1, was " + slidingWindow.getAsInt());
        }
    }

    /**
     * Creates a kind of layer that sees all tokens.
     * @param rotary how queries and keys are rotated
     */
    public LayerKind(RotaryEmbedding rotary) {
        this(rotary, OptionalInt.empty());
    }

}
