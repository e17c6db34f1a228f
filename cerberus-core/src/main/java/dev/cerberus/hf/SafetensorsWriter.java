package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Writes tensors into a safetensors file.
 *
 * <p>
 * The file appears whole or not at all: it is written under a temporary name in the same
 * directory, forced to disk and then renamed over the target. The same tensors and
 * metadata give the same bytes. Values are not copied; they must not change before
 * {@link #write(Path)} returns. Not thread-safe.
 */
public final class SafetensorsWriter {

    private static final int BUFFER_BYTES = 1 << 16;

    private final Map<String, String> metadata = new LinkedHashMap<>();

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * Sets one entry of the free-form metadata.
     * @return this writer
     */
    public SafetensorsWriter metadata(String key, String value) {
        this.metadata.put(key, value);
        return this;
    }

    /**
     * Sets entries of the free-form metadata.
     * @return this writer
     */
    public SafetensorsWriter metadata(Map<String, String> values) {
        this.metadata.putAll(values);
        return this;
    }

    /**
     * Adds a tensor given as bytes in the byte order of the file, little-endian.
     * @param name the tensor's name, not yet used
     * @param dtype the element type
     * @param shape the dimensions, outermost first
     * @param data the elements, from the buffer's position to its limit
     * @return this writer
     * @throws IllegalArgumentException if the name is taken or the buffer has not the
     * size that type and shape ask for
     */
    public SafetensorsWriter add(String name, TensorType dtype, long[] shape, ByteBuffer data) {
        ByteBuffer view = data.duplicate();
        return add(name, dtype, shape, view.remaining(), (channel) -> writeFully(channel, view.duplicate()));
    }

    /**
     * Adds a tensor of floats, rounded to the element type.
     * @param name the tensor's name, not yet used
     * @param dtype F32, F16 or BF16
     * @param shape the dimensions, outermost first
     * @param values the elements in row-major order
     * @return this writer
     * @throws IllegalArgumentException if the name is taken, the type is none for floats,
     * or the number of values is not that of the shape
     */
    public SafetensorsWriter add(String name, TensorType dtype, long[] shape, float[] values) {
        if (!dtype.isWeight()) {
            throw new IllegalArgumentException("dtype of floats must be F32, F16 or BF16, was " + dtype);
        }
        long bytes = (long) values.length * dtype.bytes();
        return add(name, dtype, shape, bytes, (channel) -> writeFloats(channel, dtype, values));
    }

    private SafetensorsWriter add(String name, TensorType dtype, long[] shape, long bytes, Source source) {
        long needed = dtype.bytes();
        List<Long> dimensions = new ArrayList<>();
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("dimensions of " + name + " must be 0 or more, was " + dimension);
            }
            needed = Math.multiplyExact(needed, dimension);
            dimensions.add(dimension);
        }
        if (needed != bytes) {
            throw new IllegalArgumentException("tensor " + name + " of shape " + dimensions + " and type " + dtype
                    + " needs " + needed + " bytes, was given " + bytes);
        }
        if (name.equals("__metadata__")
                || this.entries.putIfAbsent(name, new Entry(dtype, dimensions, bytes, source)) != null) {
            throw new IllegalArgumentException("tensor name must not be in use, was " + name);
        }
        return this;
    }

    /**
     * Writes the file; a file of the same name is replaced.
     * @param target the file to write; its directory is created if needed
     * @throws ModelFileException if it cannot be written, for example because the disk is
     * full; an older file of the same name is then still there, unchanged
     */
    public void write(Path target) {
        write(target, UnaryOperator.identity());
    }

    /**
     * Writes through a channel of the caller's making, so that a failing disk can be
     * tested.
     */
    void write(Path target, UnaryOperator<WritableByteChannel> wrapper) {
        try (WholeFile file = WholeFile.begin(target)) {
            writeTo(wrapper.apply(file.channel()));
            file.complete();
        }
        catch (IOException ex) {
            throw new ModelFileException(target, "cannot be written (" + ex + "), what was there before is unchanged",
                    "free space or correct the permissions, then try again", ex);
        }
    }

    private void writeTo(WritableByteChannel channel) throws IOException {
        // larger elements first: with an aligned begin every tensor is then aligned to
        // its own element size
        List<Map.Entry<String, Entry>> ordered = new ArrayList<>(this.entries.entrySet());
        ordered.sort(Comparator.comparingInt((entry) -> -entry.getValue().dtype().bytes()));
        writeFully(channel, SafetensorsHeader.of(this.metadata, placed(ordered)));
        for (Map.Entry<String, Entry> entry : ordered) {
            entry.getValue().source().writeTo(channel);
        }
    }

    private static List<TensorInfo> placed(List<Map.Entry<String, Entry>> ordered) {
        List<TensorInfo> tensors = new ArrayList<>();
        long offset = 0;
        for (Map.Entry<String, Entry> named : ordered) {
            Entry entry = named.getValue();
            tensors.add(new TensorInfo(named.getKey(), entry.dtype(), entry.shape(), offset, offset + entry.bytes()));
            offset += entry.bytes();
        }
        return tensors;
    }

    private static void writeFloats(WritableByteChannel channel, TensorType dtype, float[] values) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (dtype == TensorType.F32) {
                buffer.putFloat(value);
            }
            else {
                buffer
                    .putShort((dtype == TensorType.BF16) ? HalfFloats.toBFloat16(value) : HalfFloats.toFloat16(value));
            }
            if (!buffer.hasRemaining()) {
                writeFully(channel, buffer.flip());
                buffer.clear();
            }
        }
        writeFully(channel, buffer.flip());
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private record Entry(TensorType dtype, List<Long> shape, long bytes, Source source) {
    }

    /** Writes the bytes of one tensor. */
    private interface Source {

        void writeTo(WritableByteChannel channel) throws IOException;

    }

}
