package dev.cerberus.hf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Tells what a location holds when that is not a model which can be read: in one
 * sentence, with what to do about it.
 */
final class LocationDetector {

    private static final int START_BYTES = 512;

    private static final int SHOWN_NAMES = 5;

    private static final String REPOSITORY_PREFIX = "models--";

    private static final String NOT_QUANTISED = "use the model as its makers publish it (F32, F16 or BF16), or a GGUF file of it";

    private static final Set<String> PICKLES = Set.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

    private LocationDetector() {
    }

    /**
     * Examines a location.
     * @param path file or directory
     * @throws ModelFileException if it is known to be something else than a model that
     * can be read
     */
    static void requirePossible(Path path) {
        if (Files.isSymbolicLink(path) && !Files.exists(path)) {
            throw new ModelFileException(path, "is a link to " + target(path) + ", which does not exist",
                    "fetch the model again, or copy it with its links followed");
        }
        if (!Files.exists(path)) {
            requireNoHubName(path);
        }
        else if (Files.isDirectory(path)) {
            examineDirectory(path, names(path));
        }
        else {
            examineFile(path);
        }
    }

    private static void requireNoHubName(Path path) {
        String name = path.toString().replace('\\', '/');
        Path parent = path.getParent();
        if (name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*/[A-Za-z0-9_][A-Za-z0-9._-]*") && parent != null
                && !Files.isDirectory(parent)) {
            throw new ModelFileException(path, "does not exist here, but looks like the name of a model on a hub",
                    "fetch it with cerberus pull " + name + " and use the location hf://" + name);
        }
    }

    private static void examineFile(Path file) {
        String name = name(file);
        content(file).ifPresent((finding) -> {
            throw new ModelFileException(file, "is " + finding.what(), finding.action());
        });
        if (name.endsWith(".safetensors")) {
            throw new ModelFileException(file, "is a file of weights alone",
                    "name the directory that holds it together with " + ModelConfig.FILE_NAME + " and tokenizer.json");
        }
        if (name.endsWith(".onnx")) {
            throw new ModelFileException(file, "is an ONNX model, which is not read",
                    "use the model's safetensors files or a GGUF file");
        }
        if (PICKLES.stream().anyMatch(name::endsWith)) {
            throw new ModelFileException(file, "is a pickle, which is not read because it can run code",
                    "use the model's safetensors files or a GGUF file");
        }
        if (name.matches(".*\\.(zip|tar|tgz|tar\\.gz|7z|rar)")) {
            throw new ModelFileException(file, "is an archive", "unpack it and name the directory with the model");
        }
    }

    private static void examineDirectory(Path directory, List<String> names) {
        requireNoCache(directory, names);
        for (String name : names) {
            Path file = directory.resolve(name);
            boolean needed = name.endsWith(".safetensors") || name.endsWith(GgufModel.SUFFIX)
                    || name.equals(ModelConfig.FILE_NAME) || name.equals(ClasspathModels.TOKENIZER);
            if (needed && Files.isSymbolicLink(file) && !Files.exists(file)) {
                throw new ModelFileException(file, "is a link to " + target(file) + ", which does not exist",
                        "fetch the model again, or copy it with its links followed");
            }
            if (needed && Files.isRegularFile(file)) {
                content(file).ifPresent((finding) -> {
                    throw new ModelFileException(file, "is " + finding.what(), finding.action());
                });
            }
        }
        if (names.contains("adapter_config.json") && !names.contains(ModelConfig.FILE_NAME)) {
            throw adapter(directory);
        }
        if (names.contains(ModelConfig.FILE_NAME)) {
            examineConfig(directory.resolve(ModelConfig.FILE_NAME));
        }
        if (names.stream().noneMatch(LocationDetector::isReadable)) {
            requireNoOtherFormat(directory, names);
        }
    }

    private static boolean isReadable(String name) {
        return name.endsWith(GgufModel.SUFFIX)
                || (name.endsWith(".safetensors") && !name.startsWith("cerberus-") && !name.startsWith("adapter_"));
    }

    private static void requireNoCache(Path directory, List<String> names) {
        List<String> repositories = names.stream()
            .filter((name) -> name.startsWith(REPOSITORY_PREFIX))
            .map(LocationDetector::hubName)
            .toList();
        if (!repositories.isEmpty()) {
            throw new ModelFileException(directory, "is the root of a cache of fetched models, not one model",
                    "name one of them: " + shorten(repositories));
        }
        if (names.contains("hub") && names.stream().noneMatch((name) -> name.equals(ModelConfig.FILE_NAME))
                && Files.isDirectory(directory.resolve("hub"))
                && names(directory.resolve("hub")).stream().anyMatch((name) -> name.startsWith(REPOSITORY_PREFIX))) {
            throw new ModelFileException(directory, "is the home of a cache of fetched models, not one model",
                    "name one of those in its folder hub as hf://ORG/NAME");
        }
        String own = name(directory.toAbsolutePath().normalize());
        if (names.contains("snapshots") && own.startsWith(REPOSITORY_PREFIX)) {
            throw new ModelFileException(directory, "is the folder of a repository within a cache, not its files",
                    "use " + hubName(own) + ", or its folder snapshots/ with the commit below");
        }
    }

    private static String hubName(String folder) {
        return "hf://" + folder.substring(REPOSITORY_PREFIX.length()).replaceFirst("--", "/");
    }

    private static ModelFileException adapter(Path directory) {
        Path file = directory.resolve("adapter_config.json");
        String base = JsonFile.read(file).node("base_model_name_or_path").asText();
        return new ModelFileException(directory,
                "is a LoRA adapter" + (base.isBlank() ? "" : " for " + GgufMetadata.shorten(base)) + ", not a model",
                "merge it into its base model (merge_and_unload in PEFT) and use the result");
    }

    private static void examineConfig(Path file) {
        JsonFile config = JsonFile.read(file);
        JsonNode architectures = config.node("architectures");
        String architecture = architectures.path(0).asText();
        if (architecture.toLowerCase(Locale.ROOT).contains("eagle")
                || config.node("model_type").asText().toLowerCase(Locale.ROOT).contains("eagle")) {
            throw eagle(file);
        }
        JsonNode quantization = config.node("quantization_config");
        if (config.node("quantization").has("group_size") && !quantization.has("quant_method")) {
            throw new ModelFileException(file, "describes a model quantised for MLX, which is not read", NOT_QUANTISED);
        }
        if (quantization.isObject()) {
            String method = quantization.path("quant_method").asText("an unknown method");
            throw new ModelFileException(file,
                    "describes a model quantised with " + GgufMetadata.shorten(method.toUpperCase(Locale.ROOT))
                            + " (quantization_config), which is not supported",
                    NOT_QUANTISED);
        }
    }

    private static ModelFileException eagle(Path file) {
        return new ModelFileException(file, "belongs to EAGLE draft heads, which are not a model of their own",
                "name the model that they draft for; heads for it are made by cerberus train");
    }

    /**
     * Examines the names of tensors.
     * @throws ModelFileException if they are those of draft heads
     */
    static void requireModel(Checkpoint checkpoint) {
        Set<String> names = checkpoint.names();
        if (names.contains("fc.weight") && !names.contains(WeightNames.EMBEDDING)) {
            throw eagle(checkpoint.directory());
        }
        if (names.contains("0.0.linear.weight") && !names.contains(WeightNames.EMBEDDING)) {
            throw new ModelFileException(checkpoint.directory(),
                    "holds Medusa heads, which are not a model of their own",
                    "name the model that they draft for, and these as its heads");
        }
    }

    private static void requireNoOtherFormat(Path directory, List<String> names) {
        if (names.stream().anyMatch((name) -> name.endsWith(".onnx")) || Files.isDirectory(directory.resolve("onnx"))) {
            throw new ModelFileException(directory, "holds an ONNX model, which is not read",
                    "use the model's safetensors files or a GGUF file");
        }
        if (names.stream().anyMatch((name) -> PICKLES.stream().anyMatch(name::endsWith))) {
            throw new ModelFileException(directory,
                    "holds weights only as a pickle, which is not read because it can run code",
                    "convert them to " + Checkpoint.SINGLE_FILE_NAME);
        }
        if (!names.contains(ModelConfig.FILE_NAME)) {
            List<String> below = names.stream()
                .filter((name) -> Files.isRegularFile(directory.resolve(name).resolve(ModelConfig.FILE_NAME)))
                .toList();
            if (!below.isEmpty()) {
                throw new ModelFileException(directory,
                        "the model directory has no " + ModelConfig.FILE_NAME + ", but folders in it have",
                        "name one of them: " + shorten(below));
            }
        }
    }

    /** Tells what a file's first bytes say that it should not be. */
    private static Optional<Finding> content(Path file) {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(START_BYTES);
        }
        catch (IOException ex) {
            return Optional.empty(); // whoever reads it will say why that is impossible
        }
        String text = new String(start, StandardCharsets.ISO_8859_1).stripLeading().toLowerCase(Locale.ROOT);
        if (text.startsWith("version https://git-lfs")) {
            return Optional.of(new Finding("a git-lfs pointer, not the file itself",
                    "run git lfs pull in its repository, or fetch the model with cerberus pull"));
        }
        if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
            return Optional.of(new Finding("a web page, not the file itself",
                    "fetch the model with cerberus pull, or from the link that its page offers for downloading"));
        }
        return Optional.empty();
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        }
        catch (IOException ex) {
            return "something unreadable (" + ex.getMessage() + ")";
        }
    }

    private static String name(Path path) {
        Path last = path.getFileName();
        return (last != null) ? last.toString() : "";
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return new ArrayList<>(entries.map(LocationDetector::name).sorted().toList());
        }
        catch (IOException ex) {
            throw new ModelFileException(directory, "the model directory cannot be listed (" + ex + ")",
                    "correct its permissions", ex);
        }
    }

    private static String shorten(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(SHOWN_NAMES, names.size())))
                + ((names.size() > SHOWN_NAMES) ? " and " + (names.size() - SHOWN_NAMES) + " more" : "");
    }

    /**
     * What a content is.
     *
     * @param what a noun with its article
     * @param action what to do about it
     */
    private record Finding(String what, String action) {
    }

}
