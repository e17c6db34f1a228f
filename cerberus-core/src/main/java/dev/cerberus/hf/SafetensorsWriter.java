package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

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

    private static final int ALIGNMENT_BYTES = 8;

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
        try {
            Path absolute = target.toAbsolutePath();
            Path directory = absolute.getParent();
            if (directory == null || Files.isDirectory(absolute)) {
                throw new ModelFileException(target, "is a directory", "name a file to write to");
            }
            Files.createDirectories(directory);
            // not createTempFile: that makes files which only the owner may read
            String prefix = "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + "-";
            int attempt = 0;
            Path temporary = directory.resolve(prefix + attempt + ".tmp");
            FileChannel created = createNew(temporary);
            while (created == null) {
                attempt++;
                temporary = directory.resolve(prefix + attempt + ".tmp");
                created = createNew(temporary);
            }
            try {
                try (FileChannel channel = created) {
                    writeTo(wrapper.apply(channel));
                    channel.force(true);
                }
                moveOver(temporary, absolute);
            }
            finally {
                Files.deleteIfExists(temporary); // gone already when it was moved
            }
            forceDirectory(directory);
        }
        catch (IOException ex) {
            throw new ModelFileException(target, "cannot be written (" + ex + "), what was there before is unchanged",
                    "free space or correct the permissions, then try again", ex);
        }
    }

    /**
     * Opens a file that did not exist; null if it did, so that another process's file is
     * left alone.
     */
    private static @Nullable FileChannel createNew(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
        catch (FileAlreadyExistsException ex) {
            return null;
        }
    }

    private static void moveOver(Path source, Path target) throws IOException {
        try {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        catch (AtomicMoveNotSupportedException ex) {
            Files.move(source, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /* Makes the rename itself durable where the system can do that. */
    private static void forceDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
        catch (IOException ex) {
            // Windows cannot open a directory; the content of the file is on disk already
        }
    }

    private void writeTo(WritableByteChannel channel) throws IOException {
        // larger elements first: with an aligned begin every tensor is then aligned to
        // its own element size
        List<Map.Entry<String, Entry>> ordered = new ArrayList<>(this.entries.entrySet());
        ordered.sort(Comparator.comparingInt((entry) -> -entry.getValue().dtype().bytes()));
        writeFully(channel, header(ordered));
        for (Map.Entry<String, Entry> entry : ordered) {
            entry.getValue().source().writeTo(channel);
        }
    }

    private ByteBuffer header(List<Map.Entry<String, Entry>> ordered) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        if (!this.metadata.isEmpty()) {
            ObjectNode node = root.putObject("__metadata__");
            this.metadata.forEach(node::put);
        }
        long offset = 0;
        for (Map.Entry<String, Entry> named : ordered) {
            Entry entry = named.getValue();
            ObjectNode node = root.putObject(named.getKey());
            node.put("dtype", entry.dtype().name());
            entry.shape().forEach(node.putArray("shape")::add);
            node.putArray("data_offsets").add(offset).add(offset + entry.bytes());
            offset += entry.bytes();
        }
        byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
        ByteBuffer header = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(padded).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.flip();
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
