package dev.cerberus.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Which files of a repository a model needs. */
final class HubFiles {

    static final String CONFIG = "config.json";

    static final String TOKENIZER = "tokenizer.json";

    static final String WEIGHTS = "model.safetensors";

    static final String INDEX = "model.safetensors.index.json";

    private static final String SAFETENSORS = ".safetensors";

    private static final String GGUF = ".gguf";

    private static final List<String> SMALL = List.of(CONFIG, TOKENIZER, "generation_config.json",
            "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja",
            "additional_chat_templates/tool_use.jinja");

    private static final Pattern PART = Pattern.compile(".*-[0-9]{5}-of-(?!00001)[0-9]{5}\\.gguf",
            Pattern.CASE_INSENSITIVE);

    private static final String JOIN = "use another repository of the model, or join the parts yourself with "
            + "llama-gguf-split --merge and name the result as the model";

    private static final int SHOWN_FILES = 12;

    private static final JsonMapper MAPPER = new JsonMapper();

    private HubFiles() {
    }

    /**
     * Chooses the files to fetch, weights last. The shards of an index are not among
     * them, since the index says which they are.
     * @param location what was asked for
     * @param names what there is
     * @throws HubException if the repository holds no model in a format that is read, or
     * several
     */
    static List<String> choose(HubLocation location, List<String> names) {
        List<String> gguf = names.stream().filter((name) -> isGguf(name) && !isPart(name)).toList();
        if (location.file().isPresent()) {
            String name = location.file().get();
            if (isPart(name)) {
                throw new HubException(
                        "the file " + name + " of " + location.repository()
                                + " is a part of a GGUF file, and parts are not read",
                        gguf.isEmpty() ? JOIN : "name one of " + shorten(gguf) + ", or " + JOIN);
            }
            if (!names.contains(name)) {
                throw new HubException(location.repository() + " has no file " + name,
                        gguf.isEmpty() ? "correct the name" : "name one of " + shorten(gguf));
            }
            return List.of(name);
        }
        List<String> safetensors = names.stream()
            .filter((name) -> name.endsWith(SAFETENSORS) && !name.contains("/") && !name.startsWith("adapter_"))
            .toList();
        if (names.contains(CONFIG) && !safetensors.isEmpty()) {
            if (!names.contains(TOKENIZER)) {
                throw new HubException(location + " has no " + TOKENIZER,
                        "use a repository of the model that has one; slow tokenizers (tokenizer.model) are not read");
            }
            List<String> wanted = new ArrayList<>(SMALL.stream().filter(names::contains).toList());
            wanted.add(weights(location, names, safetensors));
            return wanted;
        }
        if (gguf.size() == 1 && !gguf.get(0).contains("/")) {
            return gguf;
        }
        if (gguf.isEmpty() && names.stream().anyMatch(HubFiles::isPart)) {
            throw new HubException(location + " holds no GGUF file but in parts, which are not read", JOIN);
        }
        if (gguf.isEmpty()) {
            throw new HubException(location + " holds neither safetensors with a " + CONFIG + " nor a GGUF file",
                    "use another repository of the model");
        }
        throw new HubException(
                location + ((gguf.size() == 1) ? " holds its GGUF file in a folder: " : " holds several GGUF files: ")
                        + shorten(gguf),
                "name one, such as " + location + "/" + gguf.get(0));
    }

    private static String weights(HubLocation location, List<String> names, List<String> safetensors) {
        if (names.contains(WEIGHTS)) {
            return WEIGHTS;
        }
        if (names.contains(INDEX)) {
            return INDEX;
        }
        if (safetensors.size() > 1) {
            throw new HubException(
                    location + " holds several safetensors files and no " + INDEX + ": " + shorten(safetensors),
                    "use another repository of the model");
        }
        return safetensors.get(0);
    }

    /** Whether a file is one of several that llama-gguf-split cut a file into. */
    private static boolean isPart(String name) {
        return PART.matcher(name).matches();
    }

    private static boolean isGguf(String name) {
        String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return file.endsWith(GGUF) && !file.startsWith("mmproj");
    }

    /**
     * Whether a folder holds all files of one model.
     * @param folder the folder
     * @param names the files in it
     */
    static boolean isComplete(Path folder, List<String> names) {
        if (!names.contains(CONFIG) || names.stream().noneMatch((name) -> name.endsWith(SAFETENSORS))) {
            return names.stream().filter(HubFiles::isGguf).count() == 1;
        }
        boolean sharded = names.contains(INDEX) && !names.contains(WEIGHTS);
        return names.contains(TOKENIZER) && (!sharded || names.containsAll(shards(folder.resolve(INDEX))));
    }

    /** The names of the shards in an index. */
    static Set<String> shards(Path index) {
        JsonNode map;
        try {
            map = MAPPER.readTree(Files.readAllBytes(index)).path("weight_map");
        }
        catch (IOException ex) {
            throw new HubException("the file " + index + " is damaged (" + ex.getMessage() + ")", "remove it", ex);
        }
        Set<String> names = new LinkedHashSet<>();
        map.forEach((name) -> names.add(name.asText()));
        return names;
    }

    private static String shorten(List<String> names) {
        return names.stream().limit(SHOWN_FILES).collect(Collectors.joining(", "))
                + ((names.size() > SHOWN_FILES) ? " and " + (names.size() - SHOWN_FILES) + " more" : "");
    }

}
