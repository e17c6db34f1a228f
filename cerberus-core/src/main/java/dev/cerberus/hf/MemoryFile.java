package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

import dev.cerberus.tree.TextMemory;

/**
 * A file of text that a target model wrote: safetensors with the metadata
 * {@code format=cerberus-memory}, {@code vocab_size} and {@code target_sha256}, and with
 * the tensors {@code tokens} and {@code ends} of I32.
 *
 * <p>
 * Immutable and thread-safe.
 */
public final class MemoryFile {

    /** Value of the metadata entry {@code format}. */
    public static final String FORMAT = "cerberus-memory";

    private static final String TOKENS = "tokens";

    private static final String ENDS = "ends";

    private static final String AGAIN = "make it again with cerberus remember";

    private final Path file;

    private final Map<String, String> metadata;

    private final int[] tokens;

    private final int[] ends;

    private MemoryFile(Path file, Map<String, String> metadata, int[] tokens, int[] ends) {
        this.file = file;
        this.metadata = metadata;
        this.tokens = tokens;
        this.ends = ends;
    }

    /**
     * Reads a memory file.
     * @param file the safetensors file
     * @return the memory
     * @throws ModelFileException if the file is missing, damaged or no memory file
     */
    public static MemoryFile read(Path file) {
        try (Safetensors tensors = Safetensors.open(file)) {
            if (!FORMAT.equals(tensors.metadata().get("format"))) {
                throw new ModelFileException(file, "is no memory file: its metadata lack format=" + FORMAT,
                        "name a file written by cerberus remember");
            }
            return new MemoryFile(file, tensors.metadata(), integers(file, tensors, TOKENS),
                    integers(file, tensors, ENDS));
        }
    }

    private static int[] integers(Path file, Safetensors tensors, String name) {
        if (!tensors.contains(name) || tensors.info(name).dtype() != TensorType.I32
                || tensors.info(name).shape().size() != 1) {
            throw new ModelFileException(file, "has no tensor " + name + " of I32 and one dimension", AGAIN);
        }
        int[] values = new int[Math.toIntExact(tensors.info(name).elements())];
        tensors.data(name).asIntBuffer().get(values);
        return values;
    }

    /**
     * Writes a memory file, all of it or none.
     * @param file where to
     * @param tokens token ids of all sequences, one after another
     * @param ends index after the last token of each sequence
     * @param metadata what a memory file says about itself, without the format
     * @throws ModelFileException if the file can not be written
     */
    public static void write(Path file, int[] tokens, int[] ends, Map<String, String> metadata) {
        new SafetensorsWriter().metadata("format", FORMAT)
            .metadata(metadata)
            .add(TOKENS, TensorType.I32, new long[] { tokens.length }, bytes(tokens))
            .add(ENDS, TensorType.I32, new long[] { ends.length }, bytes(ends))
            .write(file);
    }

    private static ByteBuffer bytes(int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.flip();
    }

    /**
     * Returns the text, checked to be the target's own.
     * @param config the target's configuration
     * @param checkpoint the target's weights
     * @return the memory, ready to be asked
     * @throws ModelFileException if another target wrote it, or it is inconsistent
     */
    public TextMemory of(ModelConfig config, Checkpoint checkpoint) {
        String writer = this.metadata.get("target_sha256");
        if (!Objects.equals(writer, checkpoint.sha256())) {
            throw new ModelFileException(this.file,
                    "holds what another model wrote than " + checkpoint.directory() + " (weights of SHA-256 " + writer
                            + " instead of " + checkpoint.sha256() + ")",
                    "use the memory that belongs to the model, or make one with cerberus remember");
        }
        for (int token : this.tokens) {
            if (token < 0 || token >= config.vocabularySize()) {
                throw new ModelFileException(this.file,
                        "holds token " + token + ", but the model's vocabulary is 0.." + (config.vocabularySize() - 1),
                        AGAIN);
            }
        }
        try {
            return new TextMemory(this.tokens, this.ends);
        }
        catch (IllegalArgumentException ex) {
            throw new ModelFileException(this.file, "is inconsistent: " + ex.getMessage(), AGAIN, ex);
        }
    }

}
