package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory outside the heap for weights that are decoded one after another, used again and
 * again: what is freed by the garbage collector alone piles up while a model is loaded.
 *
 * <p>
 * What was decoded into it is valid until it is used the next time. Not thread-safe.
 */
public final class DecodingBuffer {

    /** What is larger gets memory of its own, so that no matrix outlives its use. */
    private static final int MOST_BYTES = 1 << 25;

    private ByteBuffer memory = ByteBuffer.allocateDirect(0);

    /** Returns room for so many bytes, little-endian; what it holds is of no meaning. */
    ByteBuffer room(int bytes) {
        if (bytes > MOST_BYTES) {
            return fresh(bytes);
        }
        if (bytes > this.memory.capacity()) {
            this.memory = ByteBuffer.allocateDirect(bytes);
        }
        return this.memory.slice(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns room that nothing else will use. */
    static ByteBuffer fresh(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

}
