package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of one GGUF file: its metadata, and which tensors lie where.
 *
 * <p>
 * The header is checked completely on opening: every tensor has a known type, whole
 * blocks and an aligned place inside the file, and none overlaps another. Immutable and
 * thread-safe; holds no open file.
 */
final class GgufFile {

    /*
     * Layout [1]: magic "GGUF", u32 version, u64 tensor count, u64 entry count, entries
     * (key, type, value), tensor descriptions (name, dimensions from the innermost, type,
     * offset), padding to the alignment, data. Offsets count from the first byte of the
     * data. Version 1 counted with 32 bits and was in use for weeks only.
     *
     * [1] https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
     */

    /** What the names of such files end with. */
    static final String SUFFIX = ".gguf";

    private static final int MAGIC = 0x46554747;

    private static final int MIN_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8;

    private static final int MAX_DIMENSIONS = 4;

    private static final int DEFAULT_ALIGNMENT = 32;

    private static final int MAX_ALIGNMENT = 1 << 20;

    private final Path file;

    private final GgufMetadata metadata;

    private final Map<String, Tensor> tensors;

    private GgufFile(Path file, GgufMetadata metadata, Map<String, Tensor> tensors) {
        this.file = file;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /** Whether a file begins as a GGUF file does. */
    static boolean looksLikeOne(Path file) {
        ByteBuffer start = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.read(start, 0) == Integer.BYTES && start.getInt(0) == MAGIC;
        }
        catch (IOException ex) {
            return false; // whoever reads it will say why that is impossible
        }
    }

    /**
     * Opens a file and checks its header.
     * @throws ModelFileException if the file is missing, damaged, or of a version that is
     * not read
     */
    static GgufFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelFileException(file, Files.exists(file) ? "is not a regular file" : "does not exist",
                    "name a GGUF file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer start = channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(size, Integer.MAX_VALUE));
            return read(file, new GgufCursor(file, start), size);
        }
        catch (IOException ex) {
            throw new ModelFileException(file, "cannot be read (" + ex.getMessage() + ")",
                    "check the file and its permissions", ex);
        }
    }

    private static GgufFile read(Path file, GgufCursor cursor, long size) {
        requireVersion(file, cursor);
        int tensorCount = cursor.count("the number of tensors", MIN_TENSOR_BYTES);
        int entryCount = cursor.count("the number of metadata entries", GgufMetadata.minEntryBytes());
        GgufMetadata metadata = GgufMetadata.read(file, cursor, entryCount);
        int alignment = alignment(metadata);
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < tensorCount; i++) {
            tensors.add(tensor(cursor, i, alignment));
        }
        long dataStart = ((long) cursor.position() + alignment - 1) / alignment * alignment;
        Map<String, Tensor> byName = new LinkedHashMap<>();
        for (Tensor tensor : tensors) {
            Tensor placed = tensor.movedBy(dataStart);
            if (placed.offset() > size - placed.bytes()) {
                throw cursor.damaged("tensor " + placed.name() + " needs the bytes up to "
                        + (placed.offset() + placed.bytes()) + " but the file has only " + size);
            }
            if (byName.put(placed.name(), placed) != null) {
                throw cursor.damaged("it has two tensors named " + placed.name());
            }
        }
        requireDisjoint(cursor, byName);
        return new GgufFile(file, metadata, Collections.unmodifiableMap(byName));
    }

    private static void requireVersion(Path file, GgufCursor cursor) {
        if (cursor.u32("its first bytes") != MAGIC) {
            throw new ModelFileException(file, "does not begin with GGUF, so it is no GGUF file",
                    "fetch the file again");
        }
        long version = cursor.u32("its version");
        if (version != 0 && (version & 0xffff) == 0) {
            throw new ModelFileException(file, "is a GGUF file for big-endian machines, which is not read",
                    "use the usual, little-endian file");
        }
        if (version != 2 && version != 3) {
            throw new ModelFileException(file,
                    "is of GGUF version " + version + ", but only the versions 2 and 3 are read",
                    "use a file that a present llama.cpp writes");
        }
    }

    private static int alignment(GgufMetadata metadata) {
        String key = "general.alignment";
        int alignment = metadata.integer(key).orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > MAX_ALIGNMENT || Integer.bitCount(alignment) != 1) {
            throw metadata.invalid(key, "a power of two up to " + MAX_ALIGNMENT);
        }
        return alignment;
    }

    private static Tensor tensor(GgufCursor cursor, int index, int alignment) {
        String name = cursor.name("the name of tensor " + index);
        String what = "tensor " + GgufMetadata.shorten(name);
        long count = cursor.u32("the number of dimensions of " + what);
        if (count > MAX_DIMENSIONS) {
            throw cursor.damaged(what + " claims " + count + " dimensions, more than " + MAX_DIMENSIONS);
        }
        List<Long> shape = new ArrayList<>(); // outermost first
        long elements = 1;
        for (int i = 0; i < count; i++) {
            long length = cursor.u64("a dimension of " + what);
            shape.add(0, length);
            elements = (length == 0) ? 0 : multiply(cursor, what, elements, length);
        }
        long id = cursor.u32("the type of " + what);
        GgufType type = GgufType.of((int) id)
            .orElseThrow(() -> cursor.refused(what + " is of the type with the number " + id + ", which is not known",
                    "use a file of the same model with tensors of the types " + GgufType.readable()
                            + ", or fetch the file again if it is one"));
        long offset = cursor.u64("the offset of " + what);
        if (elements == 0) {
            throw cursor.damaged(what + " has the shape " + shape + ", which is empty");
        }
        long row = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
        if (row % type.blockElements() != 0) {
            throw cursor.damaged(what + " has rows of " + row + " values, which are not whole blocks of " + type + " ("
                    + type.blockElements() + ")");
        }
        if (offset % alignment != 0) {
            throw cursor
                .damaged(what + " begins at " + offset + ", which is not a multiple of the alignment " + alignment);
        }
        multiply(cursor, what, elements / type.blockElements(), type.blockBytes());
        return new Tensor(name, type, shape, offset);
    }

    private static long multiply(GgufCursor cursor, String what, long a, long b) {
        try {
            return Math.multiplyExact(a, b);
        }
        catch (ArithmeticException ex) {
            throw cursor.damaged(what + " has a shape whose size overflows");
        }
    }

    private static void requireDisjoint(GgufCursor cursor, Map<String, Tensor> tensors) {
        long end = 0;
        for (Tensor tensor : tensors.values().stream().sorted(Comparator.comparingLong(Tensor::offset)).toList()) {
            if (tensor.offset() < end) {
                throw cursor.damaged("tensor " + tensor.name() + " overlaps the one before it");
            }
            end = tensor.offset() + tensor.bytes();
        }
    }

    Path file() {
        return this.file;
    }

    GgufMetadata metadata() {
        return this.metadata;
    }

    /** The tensors by their names in the file, in the order of the header. */
    Map<String, Tensor> tensors() {
        return this.tensors;
    }

    /**
     * What the header says about one tensor.
     *
     * @param name its name in the file
     * @param type how it is stored
     * @param shape the dimensions, outermost first; none is 0
     * @param offset its first byte, from the beginning of the file
     */
    record Tensor(String name, GgufType type, List<Long> shape, long offset) {

        Tensor {
            shape = List.copyOf(shape);
        }

        long elements() {
            return this.shape.stream().reduce(1L, (a, b) -> a * b);
        }

        long bytes() {
            return this.type.bytes(elements());
        }

        private Tensor movedBy(long distance) {
            return new Tensor(this.name, this.type, this.shape, this.offset + distance);
        }

    }

}
