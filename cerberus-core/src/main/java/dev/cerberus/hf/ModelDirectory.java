package dev.cerberus.hf;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.hub.HubCache;
import dev.cerberus.hub.HubException;
import dev.cerberus.hub.HubLocation;
import dev.cerberus.hub.HubSettings;

/**
 * A model on disk, in Hugging Face layout or as one GGUF file: where its files lie, and
 * its configuration.
 *
 * <p>
 * Opening reads the configuration but no weights. Immutable and thread-safe.
 */
public final class ModelDirectory {

    private static final String CLASSPATH = "classpath:";

    private static final String FILE = "file:";

    private static final String EXPECTED = "expected are " + ModelConfig.FILE_NAME + ", tokenizer.json and "
            + Checkpoint.SINGLE_FILE_NAME + " (or " + Checkpoint.INDEX_FILE_NAME
            + " with its shards), or one GGUF file";

    private final String location;

    private final Path path;

    private final Optional<GgufModel> gguf;

    private final ModelConfig config;

    private final GenerationDefaults generation;

    private ModelDirectory(String location, Path path, Optional<GgufModel> gguf) {
        this.location = location;
        this.path = path;
        this.gguf = gguf;
        this.config = gguf.map(GgufModel::config).orElseGet(() -> ModelConfig.read(path));
        // beside a GGUF file, a config.json says that the folder belongs to another model
        boolean foreign = gguf.isPresent() && Files.exists(path.resolve(ModelConfig.FILE_NAME));
        boolean beside = !foreign && Files.exists(path.resolve(GenerationDefaults.FILE_NAME));
        this.generation = gguf.filter((model) -> !beside)
            .map(GgufModel::generation)
            .orElseGet(() -> GenerationDefaults.read(path));
        for (int token : this.generation.eosTokenIds()) {
            if (token >= this.config.vocabularySize()) {
                throw new ModelFileException(
                        path.resolve(GenerationDefaults.FILE_NAME), "eos_token_id must be in [0, "
                                + this.config.vocabularySize() + "), the range of the vocabulary, was " + token,
                        "correct the field");
            }
        }
    }

    /**
     * Opens a model.
     * @param location a directory or a GGUF file, as a path, a {@code file:} URL, a
     * {@code classpath:} resource or a name on a hub ({@code hf://}); a resource is
     * unpacked into a temporary directory once in the life of the JVM, a name is looked
     * up in the cache that the environment names, and nothing is fetched
     * @return the model directory
     * @throws ModelFileException if there is no such directory or file, files are
     * missing, or the configuration is damaged or not supported
     */
    public static ModelDirectory open(String location) {
        if (!HubLocation.isOne(location.strip())) {
            return openLocal(location);
        }
        try {
            return open(location, new HubCache(HubSettings.ofEnvironment().cache()));
        }
        catch (HubException ex) {
            throw new ModelFileException(location.strip(), ex.problem(), ex.action(), ex);
        }
    }

    /**
     * Opens a model, with another cache of fetched models.
     * @param location as above
     * @param cache where names on a hub are looked up
     * @return the model directory
     * @throws ModelFileException if there is no such directory or file, files are
     * missing, or the configuration is damaged or not supported
     */
    public static ModelDirectory open(String location, HubCache cache) {
        String trimmed = location.strip();
        if (!HubLocation.isOne(trimmed)) {
            return openLocal(location);
        }
        try {
            HubLocation name = HubLocation.parse(trimmed);
            Path found = cache.find(name)
                .orElseThrow(() -> new ModelFileException(trimmed, "is not completely in " + cache.root(),
                        List.of(Remedy.of("fetch it with cerberus pull " + name), Remedy.on(Setting.HUB_DOWNLOAD))));
            return open(trimmed, found);
        }
        catch (HubException ex) {
            throw new ModelFileException(trimmed, ex.problem(), ex.action(), ex);
        }
    }

    private static ModelDirectory openLocal(String location) {
        String trimmed = location.strip();
        if (trimmed.isEmpty()) {
            throw new ModelFileException("model location", "is empty",
                    "name a directory in Hugging Face layout, where " + EXPECTED);
        }
        if (hasScheme(trimmed, CLASSPATH)) {
            return open(trimmed, ClasspathModels.unpack(trimmed.substring(CLASSPATH.length())));
        }
        // a drive letter is no scheme
        if (!hasScheme(trimmed, FILE) && trimmed.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")
                && !Files.isDirectory(path(trimmed))) {
            throw new ModelFileException(trimmed, "is not a location that models are read from",
                    "use a directory or a GGUF file, a file: URL or a classpath: resource");
        }
        return open(trimmed, path(trimmed));
    }

    /**
     * Opens a model.
     * @param path a directory, or a GGUF file
     * @return the model directory
     * @throws ModelFileException if there is no such directory or file, files are
     * missing, or the configuration is damaged or not supported
     */
    public static ModelDirectory open(Path path) {
        return open(path.toString(), path);
    }

    private static ModelDirectory open(String location, Path path) {
        LocationDetector.requirePossible(path);
        Optional<Path> gguf = ggufFile(path);
        if (gguf.isEmpty()) {
            requireModel(path);
            return new ModelDirectory(location, path, Optional.empty());
        }
        Path parent = gguf.get().toAbsolutePath().getParent();
        Path directory = (path.equals(gguf.get()) && parent != null) ? parent : path;
        return new ModelDirectory(location, directory, gguf.map(GgufModel::open));
    }

    /** Finds the GGUF file that a path means: itself, or the only one in a directory. */
    private static Optional<Path> ggufFile(Path path) {
        if (Files.isRegularFile(path)) {
            return Optional.of(path).filter((file) -> isGguf(file) || GgufFile.looksLikeOne(file));
        }
        if (!Files.isDirectory(path)) {
            return Optional.empty();
        }
        List<Path> entries = list(path);
        if (entries.stream().anyMatch(ModelDirectory::isWeights)) {
            return Optional.empty();
        }
        List<Path> files = entries.stream().filter(ModelDirectory::isGguf).sorted().toList();
        if (files.size() > 1) {
            throw new ModelFileException(path,
                    "holds several GGUF files: " + files.stream().map((file) -> file.getFileName().toString()).toList(),
                    "name one of them");
        }
        return files.stream().findFirst();
    }

    private static boolean isGguf(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        // projectors of images lie beside the language model they belong to
        return name.endsWith(GgufModel.SUFFIX) && !name.startsWith("mmproj");
    }

    private static boolean isWeights(Path file) {
        String name = file.getFileName().toString();
        return (name.endsWith(".safetensors") && !name.startsWith("cerberus-"))
                || name.equals(Checkpoint.INDEX_FILE_NAME);
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
        catch (IOException ex) {
            throw new ModelFileException(directory, "the model directory cannot be listed (" + ex + ")",
                    "correct its permissions", ex);
        }
    }

    private static boolean hasScheme(String location, String scheme) {
        return location.toLowerCase(Locale.ROOT).startsWith(scheme);
    }

    private static Path path(String location) {
        try {
            if (!hasScheme(location, FILE)) {
                return Path.of(location);
            }
            String rest = location.substring(FILE.length());
            // file:/a and file:///a are URLs with escapes; file:a, file:./a and unescaped
            // blanks are common all the same
            if (rest.startsWith("/") && !rest.contains(" ")) {
                return Path.of(URI.create(FILE + rest));
            }
            return Path.of(rest.startsWith("//") ? rest.substring(2) : rest);
        }
        catch (InvalidPathException ex) {
            throw new ModelFileException(location, "is not a path (" + ex.getReason() + ")", "name a directory");
        }
        catch (IllegalArgumentException ex) {
            throw new ModelFileException(location, "is not a file: URL (" + ex.getMessage() + ")",
                    "name the directory as a plain path");
        }
    }

    private static void requireModel(Path directory) {
        if (!Files.exists(directory)) {
            throw new ModelFileException(directory, "the model directory does not exist",
                    "correct the location; " + EXPECTED);
        }
        if (!Files.isDirectory(directory)) {
            throw new ModelFileException(directory, "the model location is a file, but not a GGUF file",
                    "name the directory that holds the model's files, or a GGUF file");
        }
        if (Files.exists(directory.resolve(ModelConfig.FILE_NAME))) {
            return;
        }
        boolean empty = list(directory).isEmpty();
        throw new ModelFileException(directory,
                empty ? "the model directory is empty" : "the model directory has no " + ModelConfig.FILE_NAME,
                "put the model's files there; " + EXPECTED);
    }

    /** The location as it was given. */
    public String location() {
        return this.location;
    }

    /** The last part of the location, to be used as a name for the model. */
    public String name() {
        String plain = this.location.replaceAll("[/\\\\]+$", "");
        String last = plain.substring(Math.max(plain.lastIndexOf('/'), plain.lastIndexOf('\\')) + 1)
            .replaceFirst("^(?i:classpath|file):", "")
            .replaceFirst("(?i:\\.gguf)$", "");
        if (HubLocation.isOne(this.location)) {
            last = last.replaceFirst(":.*", "");
        }
        if (!last.isEmpty() && !last.equals(".") && !last.equals("..")) {
            return last;
        }
        Path real = this.path.toAbsolutePath().normalize().getFileName();
        return (real != null) ? real.toString() : "model";
    }

    /**
     * The directory with the files; a temporary one if the location is on the class path.
     */
    public Path path() {
        return this.path;
    }

    /** The model's one file, if it is a GGUF file. */
    public Optional<GgufModel> gguf() {
        return this.gguf;
    }

    /** The model's configuration. */
    public ModelConfig config() {
        return this.config;
    }

    /** What the model's authors recommend for decoding. */
    public GenerationDefaults generation() {
        return this.generation;
    }

    /**
     * The tokens that end an answer: those of the generation defaults, else those of the
     * configuration.
     */
    public List<Integer> eosTokenIds() {
        return this.generation.eosTokenIds().isEmpty() ? this.config.eosTokenIds() : this.generation.eosTokenIds();
    }

    /**
     * The token that begins a text, by the generation defaults or else the configuration.
     */
    public OptionalInt bosTokenId() {
        return this.generation.bosTokenId().isPresent() ? this.generation.bosTokenId() : this.config.bosTokenId();
    }

    /**
     * The tokenizer of a model in Hugging Face layout.
     * @throws ModelFileException if the file is missing
     */
    public Path tokenizerJson() {
        return optional(ClasspathModels.TOKENIZER).orElseThrow(
                () -> new ModelFileException(this.path, "the model directory has no " + ClasspathModels.TOKENIZER,
                        "add the file from the model's repository; slow tokenizers (tokenizer.model) are not read"));
    }

    /** Settings of the tokenizer, among them possibly the chat template. */
    public Optional<Path> tokenizerConfig() {
        return optional(ClasspathModels.TOKENIZER_CONFIG);
    }

    /** The chat template in a file of its own. */
    public Optional<Path> chatTemplate() {
        return optional(ClasspathModels.CHAT_TEMPLATE);
    }

    /** Names of special tokens. */
    public Optional<Path> specialTokensMap() {
        return optional(ClasspathModels.SPECIAL_TOKENS);
    }

    /** Draft heads beside the model. */
    public Optional<Path> heads() {
        return optional(ClasspathModels.HEADS);
    }

    /** What the model wrote before, beside the model. */
    public Optional<Path> memory() {
        return optional(ClasspathModels.MEMORY);
    }

    /** The gate's calibration beside the model. */
    public Optional<Path> calibration() {
        return optional(ClasspathModels.CALIBRATION);
    }

    /** How far its number formats are from fp32, beside the model. */
    public Optional<Path> fidelity() {
        return optional(ClasspathModels.FIDELITY);
    }

    private Optional<Path> optional(String name) {
        return Optional.of(this.path.resolve(name)).filter(Files::isRegularFile);
    }

    /**
     * Opens the weights and checks that they fit the configuration.
     * @return the open checkpoint; the caller closes it
     * @throws ModelFileException if weights are missing, damaged or of another shape
     */
    public Checkpoint openCheckpoint() {
        Checkpoint checkpoint = this.gguf.map(GgufModel::openCheckpoint).orElseGet(() -> Checkpoint.open(this.path));
        boolean fits = false;
        try {
            LocationDetector.requireModel(checkpoint);
            ExpectedTensors.check(this.config, checkpoint);
            fits = true;
            return checkpoint;
        }
        finally {
            if (!fits) {
                checkpoint.close();
            }
        }
    }

    @Override
    public String toString() {
        return this.location;
    }

}
