package dev.cerberus.hf;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.hub.CacheFolder;
import dev.cerberus.hub.HubException;

/**
 * Models that are class path resources, unpacked because weights are mapped and native
 * tokenizers open files.
 *
 * <p>
 * A folder that has the sums of its files is unpacked once for all processes of a user.
 * Any other is unpacked into a temporary directory and removed when the JVM ends; so is
 * one that the user's caches have no room for. A GGUF file that is no entry of a jar is
 * used where it is. Thread-safe.
 */
final class ClasspathModels {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClasspathModels.class);

    static final String TOKENIZER = "tokenizer.json";

    static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    static final String CHAT_TEMPLATE = "chat_template.jinja";

    static final String SPECIAL_TOKENS = "special_tokens_map.json";

    static final String HEADS = "cerberus-heads.safetensors";

    static final String MEMORY = "cerberus-memory.safetensors";

    static final String CALIBRATION = "cerberus-calibration.json";

    static final String FIDELITY = "cerberus-fidelity.json";

    /** A folder on the class path cannot be listed reliably, so the names are fixed. */
    private static final List<String> KNOWN = List.of(ModelConfig.FILE_NAME, GenerationDefaults.FILE_NAME, TOKENIZER,
            TOKENIZER_CONFIG, CHAT_TEMPLATE, SPECIAL_TOKENS, Checkpoint.SINGLE_FILE_NAME, Checkpoint.INDEX_FILE_NAME,
            HEADS, MEMORY, CALIBRATION, FIDELITY);

    /** What may lie beside a GGUF file, which holds the rest itself. */
    private static final List<String> BESIDE_GGUF = List.of(GenerationDefaults.FILE_NAME, CHAT_TEMPLATE, HEADS, MEMORY,
            CALIBRATION, FIDELITY);

    /**
     * By the URL of config.json, or of the GGUF file, which tells apart equal names seen
     * by different class loaders.
     */
    private static final Map<String, Path> UNPACKED = new HashMap<>();

    private ClasspathModels() {
    }

    /**
     * Unpacks a model.
     * @param resource a folder in Hugging Face layout or with one GGUF file, or a GGUF
     * file
     * @return the directory, or the GGUF file
     */
    static synchronized Path unpack(String resource) {
        String name = resource.replaceAll("^/+|/+$", "");
        boolean gguf = name.toLowerCase(Locale.ROOT).endsWith(GgufModel.SUFFIX);
        String folder = gguf ? name.substring(0, Math.max(0, name.lastIndexOf('/'))) : name;
        String main = gguf ? name.substring(name.lastIndexOf('/') + 1) : ModelConfig.FILE_NAME;
        ClassLoader loader = loader();
        URL url = loader.getResource(inFolder(folder, main));
        if (url == null && !gguf) {
            Optional<String> only = UnpackedFiles.onlyGguf(loader, folder);
            if (only.isPresent()) {
                return unpack(inFolder(folder, only.get()));
            }
        }
        if (url == null) {
            throw new ModelFileException("classpath:" + name,
                    "there is no " + (gguf ? "such file" : main + " in this folder") + " of the class path",
                    "add the jar that contains the model, correct the location, or name a GGUF file in it");
        }
        if (gguf && url.getProtocol().equals("file")) {
            return Path.of(URI.create(url.toString()));
        }
        Path known = UNPACKED.get(url.toString());
        if (known == null || !Files.isRegularFile(known.resolve(main))) {
            known = unpackForAll(loader, folder, main).orElseGet(() -> unpack(loader, name, folder, gguf ? main : ""));
            UNPACKED.put(url.toString(), known);
        }
        return gguf ? known.resolve(main) : known;
    }

    /**
     * Unpacks a folder that has sums among the user's caches, if that is possible.
     */
    private static Optional<Path> unpackForAll(ClassLoader loader, String folder, String main) {
        if (folder.isEmpty() || loader.getResource(inFolder(folder, UnpackedFiles.SUMS)) == null) {
            return Optional.empty();
        }
        try {
            Path directory = UnpackedFiles.in(loader, folder, CacheFolder.ofEnvironment().resolve("unpacked"));
            return Optional.of(directory).filter((unpacked) -> Files.isRegularFile(unpacked.resolve(main)));
        }
        catch (IOException | HubException ex) {
            LOGGER.warn("classpath:{} can not be kept among the caches of this user ({}); it is unpacked into a "
                    + "temporary directory at every start", folder, ex.toString());
            return Optional.empty();
        }
    }

    private static Path unpack(ClassLoader loader, String location, String folder, String gguf) {
        Path directory = null;
        boolean complete = false;
        try {
            directory = Files.createTempDirectory("cerberus-model-");
            if (gguf.isEmpty()) {
                copy(loader, folder, directory);
            }
            else {
                copy(loader, folder, gguf, directory);
                for (String name : BESIDE_GGUF) {
                    copy(loader, folder, name, directory);
                }
            }
            deleteOnExit(directory);
            complete = true;
            return directory;
        }
        catch (IOException ex) {
            throw new ModelFileException("classpath:" + location,
                    "cannot be unpacked into the temporary directory (" + ex + ")",
                    "free space there or set the system property java.io.tmpdir to another directory");
        }
        finally {
            if (!complete && directory != null) {
                UnpackedFiles.delete(directory);
            }
        }
    }

    private static String inFolder(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    private static ClassLoader loader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader own = ClasspathModels.class.getClassLoader();
        if (context != null) {
            return context;
        }
        return (own != null) ? own : ClassLoader.getSystemClassLoader();
    }

    private static void copy(ClassLoader loader, String folder, Path directory) throws IOException {
        for (String name : KNOWN) {
            copy(loader, folder, name, directory);
        }
        Path index = directory.resolve(Checkpoint.INDEX_FILE_NAME);
        if (Files.exists(index) && !Files.exists(directory.resolve(Checkpoint.SINGLE_FILE_NAME))) {
            Set<String> shards = new TreeSet<>(Checkpoint.weightMap(index).values());
            for (String name : shards) {
                copy(loader, folder, name, directory);
            }
        }
    }

    private static void copy(ClassLoader loader, String folder, String name, Path directory) throws IOException {
        try (InputStream in = loader.getResourceAsStream(inFolder(folder, name))) {
            if (in != null) {
                Files.copy(in, directory.resolve(name));
            }
        }
    }

    private static void deleteOnExit(Path directory) {
        Runtime.getRuntime()
            .addShutdownHook(new Thread(() -> UnpackedFiles.delete(directory), "cerberus-model-cleanup"));
    }

}
