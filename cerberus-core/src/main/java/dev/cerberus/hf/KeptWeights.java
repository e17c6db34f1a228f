package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Weights of one model in a {@link WeightsCache}: either all of them can be read, or they
 * are wanted. Thread-safe but for {@link #complete()} and {@link #close()}; no method
 * throws where a file can not be read or written, see {@link WeightsCache#note()}.
 */
public interface KeptWeights extends AutoCloseable {

    /** Weights of which none are known or wanted. */
    KeptWeights NONE = (name) -> Optional.empty();

    /**
     * Returns the bytes of a tensor, little-endian and read-only, valid until the weights
     * are closed; empty if they are not known.
     * @param name the tensor's name
     */
    Optional<ByteBuffer> find(String name);

    /** Returns whether tensors should be given to {@link #keep}. */
    default boolean areWanted() {
        return false;
    }

    /**
     * Keeps a tensor for the next time, if it is wanted.
     * @param name the tensor's name, given once
     * @param data its bytes, little-endian
     */
    default void keep(String name, ByteBuffer data) {
    }

    /** Says that the weights are whole; what was given is kept only then. */
    default void complete() {
    }

    @Override
    default void close() {
    }

}
