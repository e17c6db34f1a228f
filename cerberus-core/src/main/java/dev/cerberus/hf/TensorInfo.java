package dev.cerberus.hf;

import java.util.List;

/**
 * Type and shape of one tensor, as its bytes are handed out. Immutable.
 *
 * @param name the tensor's name
 * @param dtype the element type
 * @param shape the dimensions, outermost first; empty for a scalar
 * @param begin first byte within the data part of a safetensors file; 0 for a tensor of a
 * GGUF file
 * @param end first byte after the tensor, counted likewise
 */
public record TensorInfo(String name, TensorType dtype, List<Long> shape, long begin, long end) {

    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** The dimensions as a fresh array, outermost first. */
    public long[] dimensions() {
        return this.shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** Number of elements. */
    public long elements() {
        return bytes() / this.dtype.bytes();
    }

    /** Size in bytes. */
    public long bytes() {
        return this.end - this.begin;
    }

}
