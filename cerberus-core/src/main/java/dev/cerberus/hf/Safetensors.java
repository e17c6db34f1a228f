package dev.cerberus.hf;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One safetensors file, memory-mapped unless it is opened to be copied from.
 *
 * <p>
 * The header is checked completely on opening: every tensor has a known type, lies inside
 * the file, has as many bytes as its shape says, and together they cover the data without
 * hole or overlap. Buffers handed out stay valid after {@link #close()}, until they are
 * collected; the file must not be shortened while they are in use, which is looked after
 * whenever one is handed out. Thread-safe.
 */
public final class Safetensors implements TensorFile {

    /*
     * Layout [1]: u64 little-endian header length, header as JSON (may be padded with
     * blanks), data. Offsets in the header count from the first byte of the data.
     *
     * [1] https://github.com/huggingface/safetensors#format
     */

    private static final int PREFIX_BYTES = 8;

    private static final int MAX_HEADER_BYTES = 100_000_000;

    static final String FETCH_AGAIN = "fetch the file again";

    private final Path file;

    private final FileChannel channel;

    private final SafetensorsIndex header;

    private final long dataStart;

    private final @Nullable ByteBuffer whole;

    private final long maxMappedBytes;

    private final boolean mapped;

    private Safetensors(Path file, FileChannel channel, SafetensorsIndex header, long dataStart, long dataBytes,
            long maxMappedBytes, boolean mapped) throws IOException {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.dataStart = dataStart;
        this.maxMappedBytes = maxMappedBytes;
        this.mapped = mapped;
        this.whole = (mapped && dataBytes <= maxMappedBytes)
                ? channel.map(FileChannel.MapMode.READ_ONLY, dataStart, dataBytes) : null;
    }

    /**
     * Opens a file and checks its header.
     * @param file the safetensors file
     * @return the open file; the caller closes it
     * @throws ModelFileException if the file is missing, damaged or holds a type that is
     * not supported
     */
    public static Safetensors open(Path file) {
        return open(file, Integer.MAX_VALUE);
    }

    /**
     * Opens a file to copy from: every buffer is a copy, so that nothing holds the file
     * once it is closed. Windows replaces no file that is mapped.
     * @param file the safetensors file
     * @return the open file; the caller closes it
     * @throws ModelFileException as {@link #open(Path)}
     */
    public static Safetensors openToCopy(Path file) {
        return open(file, Integer.MAX_VALUE, false);
    }

    /**
     * Opens a file with another limit for one mapping, so that the way of large files can
     * be tested on small ones.
     */
    static Safetensors open(Path file, long maxMappedBytes) {
        return open(file, maxMappedBytes, true);
    }

    private static Safetensors open(Path file, long maxMappedBytes, boolean mapped) {
        if (!Files.isRegularFile(file)) {
            throw new ModelFileException(file, Files.exists(file) ? "is not a regular file" : "does not exist",
                    "name a safetensors file");
        }
        FileChannel channel = null;
        boolean opened = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            long size = channel.size();
            byte[] headerBytes = readHeader(file, channel, size);
            long dataStart = PREFIX_BYTES + (long) headerBytes.length;
            SafetensorsIndex header = SafetensorsIndex.parse(file, headerBytes, size - dataStart);
            Safetensors result = new Safetensors(file, channel, header, dataStart, size - dataStart, maxMappedBytes,
                    mapped);
            opened = true;
            return result;
        }
        catch (IOException ex) {
            throw new ModelFileException(file, "cannot be read (" + ex.getMessage() + ")",
                    "check the file and its permissions", ex);
        }
        finally {
            if (!opened && channel != null) {
                closeQuietly(channel);
            }
        }
    }

    private static byte[] readHeader(Path file, FileChannel channel, long size) throws IOException {
        if (size < PREFIX_BYTES) {
            throw new ModelFileException(file,
                    "has only " + size + " bytes, less than the 8 that a safetensors file begins with", FETCH_AGAIN);
        }
        ByteBuffer prefix = ByteBuffer.allocate(PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, prefix, 0);
        long length = prefix.getLong(0);
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw new ModelFileException(file,
                    "claims a header of " + Long.toUnsignedString(length)
                            + " bytes, more than the 100 MB allowed, so it is not a safetensors file or damaged",
                    FETCH_AGAIN);
        }
        if (length > size - PREFIX_BYTES) {
            throw new ModelFileException(file, "claims a header of " + length + " bytes but ends after "
                    + (size - PREFIX_BYTES) + " more, so it is truncated or not a safetensors file", FETCH_AGAIN);
        }
        ByteBuffer header = ByteBuffer.allocate((int) length);
        readFully(channel, header, PREFIX_BYTES);
        return header.array();
    }

    private static void readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, position + target.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        }
        catch (IOException ex) {
            // nothing was written, so nothing is lost; the failure that led here is the
            // one to report
        }
    }

    /** The file this was read from. */
    @Override
    public Path file() {
        return this.file;
    }

    /** The names of all tensors, in the order of the header. */
    @Override
    public Set<String> names() {
        return this.header.tensors().keySet();
    }

    /** Whether the file holds the tensor. */
    @Override
    public boolean contains(String name) {
        return this.header.tensors().containsKey(name);
    }

    /** Whether the file holds a tensor of the same name, type and shape. */
    boolean holds(TensorInfo wanted) {
        TensorInfo info = this.header.tensors().get(wanted.name());
        return info != null && info.dtype() == wanted.dtype() && info.shape().equals(wanted.shape());
    }

    /** The free-form metadata of the header, empty if there is none. */
    @Override
    public Map<String, String> metadata() {
        return this.header.metadata();
    }

    /**
     * Type, shape and place of one tensor.
     * @throws ModelFileException if the file does not hold it
     */
    @Override
    public TensorInfo info(String name) {
        TensorInfo info = this.header.tensors().get(name);
        if (info == null) {
            throw new ModelFileException(this.file, "does not hold a tensor named " + name,
                    "use a file that was saved from the same kind of model");
        }
        return info;
    }

    /**
     * The bytes of one tensor as a read-only, little-endian view of the mapped file.
     * @throws ModelFileException if the file does not hold it, not any more, or it is
     * larger than one buffer (2 GiB)
     */
    @Override
    public ByteBuffer data(String name) {
        TensorInfo info = info(name);
        return slice(info, info.begin(), info.bytes());
    }

    @Override
    public ByteBuffer rows(String name, long first, long count) {
        TensorInfo info = info(name);
        long rowBytes = TensorFile.rowBytes(info, first, count);
        return slice(info, info.begin() + first * rowBytes, count * rowBytes);
    }

    private ByteBuffer slice(TensorInfo info, long begin, long bytes) {
        if (!this.channel.isOpen()) {
            throw new IllegalStateException(this.file + " is closed");
        }
        if (bytes > this.maxMappedBytes) {
            throw new ModelFileException(this.file,
                    "tensor " + info.name() + " has " + bytes + " bytes, more than one buffer can hold ("
                            + this.maxMappedBytes + ")",
                    "use a checkpoint of a smaller model or one stored in 16-bit floats");
        }
        try {
            if (this.channel.size() < this.dataStart + begin + bytes) {
                throw new ModelFileException(this.file, "tensor " + info.name() + " ends at byte " + info.end()
                        + " of the data, and the file became shorter while it was read", FETCH_AGAIN);
            }
            if (this.whole != null) {
                return this.whole.slice((int) begin, (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
            }
            if (!this.mapped) {
                ByteBuffer copy = ByteBuffer.allocate((int) bytes);
                readFully(this.channel, copy, this.dataStart + begin);
                return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
            }
            return this.channel.map(FileChannel.MapMode.READ_ONLY, this.dataStart + begin, bytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        }
        catch (IOException ex) {
            throw new ModelFileException(this.file,
                    "tensor " + info.name() + " cannot be read (" + ex.getMessage() + ")",
                    "check the file and the memory limits of the process", ex);
        }
    }

    /**
     * The values of one tensor, widened to 32 bits, in row-major order.
     * @return a fresh array
     * @throws ModelFileException if the file does not hold it, or its type is none of
     * F32, F16 and BF16
     */
    @Override
    public float[] floats(String name) {
        return TensorFile.super.floats(name);
    }

    /** Closes the file; buffers handed out earlier stay readable. */
    @Override
    public void close() {
        closeQuietly(this.channel);
    }

}
