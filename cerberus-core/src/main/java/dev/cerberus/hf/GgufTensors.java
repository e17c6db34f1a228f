package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * The weights of a GGUF file under their Hugging Face names and in the order of rows that
 * goes with these.
 *
 * <p>
 * Floats are handed out as they lie in the mapped file, quantised tensors are decoded to
 * F32 when asked for, into a fresh direct buffer or the one that is given. A tensor whose
 * F32 form exceeds one buffer (2 GiB) is handed out as F16, rounded to nearest. Nothing
 * decoded is kept. Thread-safe.
 */
final class GgufTensors implements TensorFile {

    private final Path file;

    private final FileChannel channel;

    private final Map<String, Source> sources;

    private GgufTensors(Path file, FileChannel channel, Map<String, Source> sources) {
        this.file = file;
        this.channel = channel;
        this.sources = sources;
    }

    /**
     * Opens the weights of a file.
     * @param gguf the header
     * @return the open weights; the caller closes them
     * @throws ModelFileException if the file is of an architecture or holds a type that
     * is not read
     */
    static GgufTensors open(GgufFile gguf) {
        return open(gguf, Integer.MAX_VALUE);
    }

    /**
     * Opens the weights with another limit for one buffer, so that the way of large
     * tensors can be tested on small ones.
     */
    static GgufTensors open(GgufFile gguf, long maxBufferBytes) {
        GgufNames names = GgufNames.of(gguf);
        Map<String, Source> sources = new LinkedHashMap<>();
        gguf.tensors().values().stream().filter((tensor) -> !names.isConfiguration(tensor.name())).forEach((tensor) -> {
            Source source = source(gguf.file(), tensor, names, maxBufferBytes);
            if (sources.put(source.info().name(), source) != null) {
                throw new ModelFileException(gguf.file(), "holds the tensor " + source.info().name() + " twice",
                        "fetch the file again");
            }
        });
        try {
            FileChannel channel = FileChannel.open(gguf.file(), StandardOpenOption.READ);
            return new GgufTensors(gguf.file(), channel, Collections.unmodifiableMap(sources));
        }
        catch (IOException ex) {
            throw new ModelFileException(gguf.file(), "cannot be read (" + ex.getMessage() + ")",
                    "check the file and its permissions", ex);
        }
    }

    private static Source source(Path file, GgufFile.Tensor tensor, GgufNames names, long maxBufferBytes) {
        if (!tensor.type().isReadable()) {
            throw new ModelFileException(file,
                    "tensor " + tensor.name() + " is of type " + tensor.type() + ", which is not read",
                    "use a file of the same model with tensors of the types " + GgufType.readable());
        }
        TensorType type = tensor.type().stored();
        if (tensor.type().decoder().isPresent() && tensor.elements() > maxBufferBytes / type.bytes()) {
            type = TensorType.F16;
        }
        TensorInfo info = new TensorInfo(names.translate(tensor.name()), type, tensor.shape(), 0,
                tensor.elements() * type.bytes());
        int heads = names.interleavedHeads(tensor.name());
        long rows = tensor.shape().isEmpty() ? 1 : tensor.shape().get(0);
        if (heads > 0 && rows % (2L * heads) != 0) {
            throw new ModelFileException(file,
                    "tensor " + tensor.name() + " has " + rows + " rows, which are not " + heads + " heads of pairs",
                    "fetch the file again");
        }
        return new Source(tensor, info, heads);
    }

    @Override
    public Path file() {
        return this.file;
    }

    @Override
    public Set<String> names() {
        return this.sources.keySet();
    }

    @Override
    public boolean contains(String name) {
        return this.sources.containsKey(name);
    }

    @Override
    public TensorInfo info(String name) {
        return source(name).info();
    }

    @Override
    public String storedType(String name) {
        return source(name).tensor().type().name();
    }

    @Override
    public ByteBuffer data(String name) {
        return data(name, DecodingBuffer::fresh);
    }

    @Override
    public ByteBuffer data(String name, DecodingBuffer buffer) {
        return data(name, buffer::room);
    }

    private ByteBuffer data(String name, IntFunction<ByteBuffer> room) {
        Source source = source(name);
        return read(source, 0, source.rows(), room);
    }

    @Override
    public ByteBuffer rows(String name, long first, long count) {
        return rows(name, first, count, DecodingBuffer::fresh);
    }

    @Override
    public ByteBuffer rows(String name, long first, long count, DecodingBuffer buffer) {
        return rows(name, first, count, buffer::room);
    }

    private ByteBuffer rows(String name, long first, long count, IntFunction<ByteBuffer> room) {
        Source source = source(name);
        TensorFile.rowBytes(source.info(), first, count);
        return read(source, first, count, room);
    }

    private Source source(String name) {
        Source source = this.sources.get(name);
        if (source == null) {
            throw new ModelFileException(this.file, "does not hold a tensor named " + name,
                    "use a file of the same kind of model");
        }
        return source;
    }

    private ByteBuffer read(Source source, long first, long count, IntFunction<ByteBuffer> room) {
        if (!this.channel.isOpen()) {
            throw new IllegalStateException(this.file + " is closed");
        }
        long bytes = count * source.rowElements() * source.info().dtype().bytes();
        if (bytes > Integer.MAX_VALUE) {
            throw new ModelFileException(
                    this.file, "tensor " + source.tensor().name() + " has " + bytes
                            + " bytes, more than one buffer can hold (" + Integer.MAX_VALUE + ")",
                    "use a smaller model");
        }
        // the rows of a head lie within the bytes of that head, so that a few heads are
        // read at once
        long headRows = (source.heads() == 0) ? 1 : source.rows() / source.heads();
        long begin = first / headRows * headRows;
        long end = Math.min(source.rows(), (first + count + headRows - 1) / headRows * headRows);
        ByteBuffer stored = map(source.tensor(), begin * source.storedRowBytes(),
                (end - begin) * source.storedRowBytes());
        if (source.heads() == 0 && source.tensor().type().decoder().isEmpty()) {
            return stored;
        }
        ByteBuffer result = room.apply((int) bytes);
        RowDecoder decoder = new RowDecoder(source, stored, result);
        for (long row = first; row < first + count; row++) {
            decoder.append((int) (source.storedRow(row) - begin));
        }
        return result.flip();
    }

    private ByteBuffer map(GgufFile.Tensor tensor, long offset, long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new ModelFileException(this.file, "tensor " + tensor.name() + " has " + bytes
                    + " bytes, more than one buffer can hold (" + Integer.MAX_VALUE + ")", "use a smaller model");
        }
        try {
            if (this.channel.size() < tensor.offset() + offset + bytes) {
                throw new ModelFileException(this.file,
                        "tensor " + tensor.name() + " ends behind the file, which became shorter while it was read",
                        Safetensors.FETCH_AGAIN);
            }
            return this.channel.map(FileChannel.MapMode.READ_ONLY, tensor.offset() + offset, bytes)
                .order(ByteOrder.LITTLE_ENDIAN);
        }
        catch (IOException ex) {
            throw new ModelFileException(this.file,
                    "tensor " + tensor.name() + " cannot be mapped (" + ex.getMessage() + ")",
                    "check the file and the memory limits of the process", ex);
        }
    }

    @Override
    public void close() {
        try {
            this.channel.close();
        }
        catch (IOException ex) {
            // nothing was written, so nothing is lost
        }
    }

    /**
     * Where a tensor comes from.
     *
     * @param tensor as it lies in the file
     * @param info as it is handed out
     * @param heads how many heads its rows belong to, if the two halves of each lie
     * interleaved in the file; else 0
     */
    private record Source(GgufFile.Tensor tensor, TensorInfo info, int heads) {

        long rows() {
            return this.tensor.shape().isEmpty() ? 1 : this.tensor.shape().get(0);
        }

        long rowElements() {
            return this.tensor.elements() / rows();
        }

        /** Bytes of one row in the file; a vector of blocks is one row only. */
        long storedRowBytes() {
            return this.tensor.bytes() / rows();
        }

        // row of a head of 8, here and in the file: 0 1 2 3 4 5 6 7
        // __________________________________________0 2 4 6 1 3 5 7
        long storedRow(long row) {
            if (this.heads == 0) {
                return row;
            }
            long headRows = rows() / this.heads;
            long within = row % headRows;
            long half = headRows / 2;
            return row - within + within % half * 2 + within / half;
        }

    }

    /** Appends rows to a buffer, decoded. */
    private static final class RowDecoder {

        private final ByteBuffer stored;

        private final ByteBuffer result;

        private final int storedRowBytes;

        private final GgufType type;

        private final Optional<GgufBlocks.Decoder> decoder;

        private final boolean halves;

        private final float[] values;

        RowDecoder(Source source, ByteBuffer stored, ByteBuffer result) {
            this.stored = stored;
            this.result = result;
            this.type = source.tensor().type();
            this.storedRowBytes = Math.toIntExact(source.storedRowBytes());
            this.halves = source.info().dtype() == TensorType.F16;
            this.decoder = this.type.decoder();
            this.values = this.decoder.isPresent() ? new float[Math.toIntExact(source.rowElements())] : new float[0];
        }

        void append(int row) {
            int at = row * this.storedRowBytes;
            if (this.decoder.isEmpty()) {
                this.result.put(this.stored.slice(at, this.storedRowBytes));
                return;
            }
            GgufBlocks.Decoder block = this.decoder.get();
            for (int i = 0; i < this.values.length; i += this.type.blockElements()) {
                block.decode(this.stored, at, this.values, i);
                at += this.type.blockBytes();
            }
            if (this.halves) {
                for (float value : this.values) {
                    this.result.putShort(HalfFloats.toFloat16(value));
                }
            }
            else {
                this.result.asFloatBuffer().put(this.values);
                this.result.position(this.result.position() + this.values.length * Float.BYTES);
            }
        }

    }

}
