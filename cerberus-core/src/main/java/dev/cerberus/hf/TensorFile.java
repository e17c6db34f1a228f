package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A file of weights, whatever its format: tensors by their Hugging Face names, as floats
 * in row-major order. Thread-safe; whoever opens it closes it.
 */
sealed interface TensorFile extends AutoCloseable permits Safetensors, GgufTensors {

    /** The file this was read from. */
    Path file();

    /** The names of all tensors, in the order of the file. */
    Set<String> names();

    /** What the file says about itself in free form, empty if nothing. */
    default Map<String, String> metadata() {
        return Map.of();
    }

    /** Whether the file holds the tensor. */
    boolean contains(String name);

    /**
     * Type and shape of one tensor, as {@link #data(String)} gives it.
     * @throws ModelFileException if the file does not hold it
     */
    TensorInfo info(String name);

    /**
     * The name of the type that a tensor is stored in, which may be another than the one
     * it is handed out in.
     */
    default String storedType(String name) {
        return info(name).dtype().name();
    }

    /**
     * The bytes of one tensor, little-endian.
     * @throws ModelFileException if the file does not hold it, or it is larger than one
     * buffer (2 GiB)
     */
    ByteBuffer data(String name);

    /**
     * The bytes of some rows of a tensor, little-endian; a row is what one index of the
     * first dimension selects.
     * @param name the tensor, of one dimension at least
     * @param first the first row, from 0
     * @param count how many rows, within the tensor
     * @throws ModelFileException if the file does not hold it, or the rows are larger
     * than one buffer (2 GiB)
     */
    ByteBuffer rows(String name, long first, long count);

    /**
     * The bytes of one tensor, decoded into a buffer that is used again, if they have to
     * be decoded.
     * @param name the tensor
     * @param buffer where to; its next use overwrites them
     */
    default ByteBuffer data(String name, DecodingBuffer buffer) {
        return data(name);
    }

    /**
     * The bytes of some rows of a tensor, likewise.
     * @param name the tensor, of one dimension at least
     * @param first the first row, from 0
     * @param count how many rows, within the tensor
     * @param buffer where to; its next use overwrites them
     */
    default ByteBuffer rows(String name, long first, long count, DecodingBuffer buffer) {
        return rows(name, first, count);
    }

    /** Closes the file; buffers handed out earlier stay readable. */
    @Override
    void close();

    /**
     * The values of one tensor, widened to 32 bits, in row-major order.
     * @return a fresh array
     * @throws ModelFileException if the file does not hold it, or its type is none of
     * F32, F16 and BF16
     */
    default float[] floats(String name) {
        TensorInfo info = info(name);
        if (!info.dtype().isWeight()) {
            throw new ModelFileException(file(),
                    "tensor " + name + " is of type " + info.dtype() + " where floats are needed",
                    "store it as F32, F16 or BF16");
        }
        ByteBuffer data = data(name);
        float[] values = new float[(int) info.elements()];
        if (info.dtype() == TensorType.F32) {
            data.asFloatBuffer().get(values);
        }
        else if (info.dtype() == TensorType.BF16) {
            for (int i = 0; i < values.length; i++) {
                values[i] = HalfFloats.fromBFloat16(data.getShort(2 * i));
            }
        }
        else {
            for (int i = 0; i < values.length; i++) {
                values[i] = HalfFloats.fromFloat16(data.getShort(2 * i));
            }
        }
        return values;
    }

    /**
     * Returns the bytes of one row, after checking that rows lie within a tensor.
     * @throws IllegalArgumentException if they do not
     */
    static long rowBytes(TensorInfo info, long first, long count) {
        if (info.shape().isEmpty()) {
            throw new IllegalArgumentException("tensor " + info.name() + " is a scalar and has no rows");
        }
        long rows = info.shape().get(0);
        if (first < 0 || count < 0 || first > rows - count) {
            throw new IllegalArgumentException("rows [" + first + ", " + (first + count) + ") are not within the "
                    + rows + " rows of tensor " + info.name());
        }
        return (rows == 0) ? 0 : info.bytes() / rows;
    }

}
