package dev.cerberus.hf;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Models that are class path resources, unpacked into temporary directories because
 * weights are mapped and native tokenizers open files.
 *
 * <p>
 * Each is unpacked once and removed when the JVM ends. Thread-safe.
 */
final class ClasspathModels {

    static final String TOKENIZER = "tokenizer.json";

    static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    static final String CHAT_TEMPLATE = "chat_template.jinja";

    static final String SPECIAL_TOKENS = "special_tokens_map.json";

    static final String HEADS = "cerberus-heads.safetensors";

    static final String MEMORY = "cerberus-memory.safetensors";

    static final String CALIBRATION = "cerberus-calibration.json";

    /** A folder on the class path cannot be listed reliably, so the names are fixed. */
    private static final List<String> KNOWN = List.of(ModelConfig.FILE_NAME, GenerationDefaults.FILE_NAME, TOKENIZER,
            TOKENIZER_CONFIG, CHAT_TEMPLATE, SPECIAL_TOKENS, Checkpoint.SINGLE_FILE_NAME, Checkpoint.INDEX_FILE_NAME,
            HEADS, MEMORY, CALIBRATION);

    /**
     * By the URL of config.json, which tells apart equal names seen by different class
     * loaders.
     */
    private static final Map<String, Path> UNPACKED = new HashMap<>();

    private ClasspathModels() {
    }

    static synchronized Path unpack(String resource) {
        String folder = resource.replaceAll("^/+|/+$", "");
        ClassLoader loader = loader();
        URL config = loader.getResource(folder + "/" + ModelConfig.FILE_NAME);
        if (config == null) {
            throw new ModelFileException("classpath:" + folder,
                    "there is no " + ModelConfig.FILE_NAME + " in this folder of the class path",
                    "add the jar that contains the model or correct the location");
        }
        Path known = UNPACKED.get(config.toString());
        if (known != null && Files.isRegularFile(known.resolve(ModelConfig.FILE_NAME))) {
            return known;
        }
        Path directory = null;
        boolean complete = false;
        try {
            directory = Files.createTempDirectory("cerberus-model-");
            copy(loader, folder, directory);
            deleteOnExit(directory);
            UNPACKED.put(config.toString(), directory);
            complete = true;
            return directory;
        }
        catch (IOException ex) {
            throw new ModelFileException("classpath:" + folder,
                    "cannot be unpacked into the temporary directory (" + ex + ")",
                    "free space there or set the system property java.io.tmpdir to another directory");
        }
        finally {
            if (!complete && directory != null) {
                delete(directory);
            }
        }
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
        try (InputStream in = loader.getResourceAsStream(folder + "/" + name)) {
            if (in != null) {
                Files.copy(in, directory.resolve(name));
            }
        }
    }

    private static void deleteOnExit(Path directory) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "cerberus-model-cleanup"));
    }

    private static void delete(Path directory) {
        try (Stream<Path> entries = Files.walk(directory)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        }
        catch (IOException ex) {
            // the system clears its temporary directory; on Windows a mapped file cannot
            // be removed earlier
        }
    }

}
