package dev.cerberus.hf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one model: a single safetensors file, several with an index, or a GGUF
 * file. Thread-safe; the caller closes it.
 */
public final class Checkpoint implements AutoCloseable {

    /** The file of a model whose weights lie in one file. */
    public static final String SINGLE_FILE_NAME = "model.safetensors";

    /** The file that says which of several files holds which tensor. */
    public static final String INDEX_FILE_NAME = "model.safetensors.index.json";

    /**
     * What the names of heads files begin with; such a file lies beside the weights and
     * is none of them.
     */
    public static final String HEADS_PREFIX = "cerberus-heads";

    private static final int HASH_BUFFER_BYTES = 1 << 20;

    private final Path source;

    private final Map<String, TensorFile> fileByTensor;

    private final Map<String, TensorFile> files;

    private final Map<String, String> nameInFile;

    private final boolean outputForEmbedding;

    private @Nullable String sha256;

    private Checkpoint(Path source, Map<String, TensorFile> fileByTensor, Map<String, TensorFile> files) {
        this.source = source;
        this.fileByTensor = Collections.unmodifiableMap(fileByTensor);
        this.files = files;
        Map<String, String> aliases = new LinkedHashMap<>();
        files.values().forEach((file) -> aliases.putAll(file.metadata()));
        Map<String, String> names = TensorNames.translate(fileByTensor.keySet(), aliases);
        this.outputForEmbedding = !names.containsKey(WeightNames.EMBEDDING) && names.containsKey(WeightNames.OUTPUT);
        if (this.outputForEmbedding) {
            names.put(WeightNames.EMBEDDING, names.get(WeightNames.OUTPUT));
        }
        this.nameInFile = Collections.unmodifiableMap(names);
    }

    /**
     * Opens the weights in a model directory.
     * @param directory the model directory
     * @return the open checkpoint; the caller closes it
     * @throws ModelFileException if there are no weights, or files are missing, damaged
     * or contradict each other
     */
    public static Checkpoint open(Path directory) {
        Path single = directory.resolve(SINGLE_FILE_NAME);
        Path index = directory.resolve(INDEX_FILE_NAME);
        if (Files.exists(single)) {
            return openSingle(directory, single);
        }
        return Files.exists(index) ? openShards(directory, index) : openSingle(directory, onlyFile(directory));
    }

    /** Opens the weights of a GGUF file; the caller closes the result. */
    static Checkpoint open(GgufFile file) {
        return ofSingle(file.file(), GgufTensors.open(file));
    }

    private static Checkpoint openSingle(Path directory, Path file) {
        return ofSingle(directory, Safetensors.open(file));
    }

    private static Checkpoint ofSingle(Path source, TensorFile tensors) {
        Map<String, TensorFile> fileByTensor = new LinkedHashMap<>();
        tensors.names().forEach((name) -> fileByTensor.put(name, tensors));
        return new Checkpoint(source, fileByTensor, Map.of(source.toString(), tensors));
    }

    private static Path onlyFile(Path directory) {
        List<Path> candidates = new ArrayList<>();
        boolean pickled = false;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.endsWith(".safetensors") && !name.startsWith(HEADS_PREFIX)) {
                    candidates.add(entry);
                }
                pickled |= name.endsWith(".bin") || name.endsWith(".pth") || name.endsWith(".pt");
            }
        }
        catch (IOException | DirectoryIteratorException ex) {
            throw new ModelFileException(directory, "cannot be listed (" + ex + ")",
                    "name a directory that exists and is readable", ex);
        }
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (candidates.isEmpty()) {
            throw new ModelFileException(directory,
                    pickled ? "holds weights only as a pickle, which is not read because it can run code"
                            : "holds no weights",
                    (pickled ? "convert them to " : "put ") + SINGLE_FILE_NAME + " or " + INDEX_FILE_NAME
                            + " with its shards" + (pickled ? "" : " there"));
        }
        Collections.sort(candidates);
        throw new ModelFileException(directory,
                "holds several safetensors files and no " + INDEX_FILE_NAME + ": "
                        + candidates.stream().map((path) -> path.getFileName().toString()).toList(),
                "rename the one with the weights to " + SINGLE_FILE_NAME + " or add the index");
    }

    private static Checkpoint openShards(Path directory, Path index) {
        Map<String, String> nameByTensor = weightMap(index);
        Map<String, TensorFile> files = new TreeMap<>();
        boolean opened = false;
        try {
            Map<String, TensorFile> fileByTensor = new LinkedHashMap<>();
            nameByTensor.forEach((tensor, name) -> {
                TensorFile file = files.get(name);
                if (file == null) {
                    Path path = directory.resolve(name);
                    if (!Files.isRegularFile(path)) {
                        throw new ModelFileException(index, "names the shard " + name + ", which does not exist",
                                "put the missing file beside the index");
                    }
                    file = Safetensors.open(path);
                    files.put(name, file);
                }
                if (!file.contains(tensor)) {
                    throw new ModelFileException(index,
                            "says that tensor " + tensor + " is in " + name + ", but it is not there",
                            "fetch the index and its shards again, all from the same version of the model");
                }
                fileByTensor.put(tensor, file);
            });
            Checkpoint result = new Checkpoint(directory, fileByTensor, files);
            opened = true;
            return result;
        }
        finally {
            if (!opened) {
                files.values().forEach(TensorFile::close);
            }
        }
    }

    /** Reads which file holds which tensor, in the order of the index. */
    static Map<String, String> weightMap(Path index) {
        JsonNode map = JsonFile.read(index).node("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new ModelFileException(index, "has no weight_map", "fetch the file again");
        }
        Map<String, String> nameByTensor = new LinkedHashMap<>();
        map.properties().forEach((entry) -> {
            String name = entry.getValue().asText();
            // a shard lies beside its index: a path could lead anywhere
            if (!entry.getValue().isTextual() || !name.matches("[A-Za-z0-9_][A-Za-z0-9._ +-]*")) {
                throw new ModelFileException(index, "the shard of tensor " + entry.getKey() + " is "
                        + JsonFile.shorten(entry.getValue()) + ", which is not a plain file name",
                        "name a file in the same directory");
            }
            nameByTensor.put(entry.getKey(), name);
        });
        return nameByTensor;
    }

    /** The directory, or the GGUF file, this was opened from. */
    public Path directory() {
        return this.source;
    }

    /** The files that hold the weights, in order of name. */
    public List<Path> files() {
        return this.files.values().stream().map(TensorFile::file).toList();
    }

    /**
     * The names of all tensors, in the usual form of {@link WeightNames} where the files
     * have others before or after it.
     */
    public Set<String> names() {
        return this.nameInFile.keySet();
    }

    /**
     * Whether the files hold an output projection and no embedding table, and the one
     * stands in for the other; right only for a model whose two are the same.
     */
    boolean outputForEmbedding() {
        return this.outputForEmbedding;
    }

    /**
     * How each tensor is stored in its file, such as {@code BF16} or {@code Q4_K}, by its
     * name there.
     */
    public Map<String, String> storedTypes() {
        Map<String, String> types = new LinkedHashMap<>();
        this.fileByTensor.forEach((name, file) -> types.put(name, file.storedType(name)));
        return types;
    }

    /** Whether there is a tensor of this name. */
    public boolean contains(String name) {
        return this.nameInFile.containsKey(name);
    }

    /**
     * Type, shape and place of one tensor.
     * @throws ModelFileException if there is none of this name
     */
    public TensorInfo info(String name) {
        return fileOf(name).info(inFile(name));
    }

    /**
     * The bytes of one tensor, little-endian: a read-only view of the mapped file, or a
     * fresh direct buffer where the file's own type is decoded first.
     * @throws ModelFileException if there is none of this name, or it is larger than one
     * buffer (2 GiB)
     */
    public ByteBuffer data(String name) {
        return fileOf(name).data(inFile(name));
    }

    /**
     * The bytes of some rows of a tensor, as {@link #data(String)} gives them; a row is
     * what one index of the first dimension selects.
     * @param name the tensor, of one dimension at least
     * @param first the first row, from 0
     * @param count how many rows, within the tensor
     * @throws ModelFileException if there is no tensor of this name, or the rows are
     * larger than one buffer (2 GiB)
     */
    public ByteBuffer rows(String name, long first, long count) {
        return fileOf(name).rows(inFile(name), first, count);
    }

    /**
     * The bytes of one tensor, as {@link #data(String)} gives them, but decoded into a
     * buffer that is used again.
     * @param name the tensor
     * @param buffer where to; its next use overwrites them
     * @return the bytes, valid until then
     * @throws ModelFileException if there is none of this name, or it is larger than one
     * buffer (2 GiB)
     */
    public ByteBuffer data(String name, DecodingBuffer buffer) {
        return fileOf(name).data(inFile(name), buffer);
    }

    /**
     * The bytes of some rows of a tensor, likewise.
     * @param name the tensor, of one dimension at least
     * @param first the first row, from 0
     * @param count how many rows, within the tensor
     * @param buffer where to; its next use overwrites them
     * @return the bytes, valid until then
     * @throws ModelFileException if there is no tensor of this name, or the rows are
     * larger than one buffer (2 GiB)
     */
    public ByteBuffer rows(String name, long first, long count, DecodingBuffer buffer) {
        return fileOf(name).rows(inFile(name), first, count, buffer);
    }

    /**
     * The values of one tensor, widened to 32 bits, in row-major order.
     * @return a fresh array
     * @throws ModelFileException if there is none of this name, or its type is none of
     * F32, F16 and BF16
     */
    public float[] floats(String name) {
        return fileOf(name).floats(inFile(name));
    }

    private String inFile(String name) {
        return this.nameInFile.getOrDefault(name, name);
    }

    private TensorFile fileOf(String name) {
        TensorFile file = this.fileByTensor.get(inFile(name));
        if (file == null) {
            throw new ModelFileException(this.source, "its weights lack the tensor " + name,
                    "use the complete checkpoint of a supported model");
        }
        return file;
    }

    /**
     * SHA-256 over the bytes of all {@link #files()} one after another, as 64 lower-case
     * hexadecimal digits.
     *
     * <p>
     * Computed on the first call, which reads every file once.
     */
    public synchronized String sha256() {
        String known = this.sha256;
        if (known == null) {
            known = computeSha256();
            this.sha256 = known;
        }
        return known;
    }

    private String computeSha256() {
        MessageDigest digest = Sha256.begin();
        byte[] buffer = new byte[HASH_BUFFER_BYTES];
        for (Path file : files()) {
            try (InputStream in = Files.newInputStream(file)) {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    digest.update(buffer, 0, count);
                }
            }
            catch (IOException ex) {
                throw new ModelFileException(file, "cannot be read (" + ex.getMessage() + ")",
                        "check the file and its permissions", ex);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Closes all files; buffers handed out earlier stay readable. */
    @Override
    public void close() {
        this.files.values().forEach(TensorFile::close);
    }

}
