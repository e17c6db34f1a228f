package dev.cerberus.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * The files beside a tokenizer that chat templates and special tokens are read from.
 */
final class TemplateFiles {

    static final String DEFAULT_VARIANT = "default";

    static final String TOOL_VARIANT = "tool_use";

    private static final Set<String> TOKEN_NAMES = Set.of("bos_token", "eos_token", "unk_token", "pad_token",
            "sep_token", "cls_token", "mask_token");

    // Of a template, or of the settings beside a tokenizer.
    private static final int MAX_BYTES = 16 << 20;

    private TemplateFiles() {
    }

    /** Returns {@code tokenizer_config.json}, given itself or its directory. */
    static Path configFile(Path fileOrDirectory) {
        return Files.isDirectory(fileOrDirectory) ? fileOrDirectory.resolve("tokenizer_config.json") : fileOrDirectory;
    }

    /** Returns the sources of a model's templates by name, in the order of the files. */
    static Map<String, String> templates(Path configFile) {
        Map<String, String> sources = new LinkedHashMap<>();
        if (Files.exists(configFile)) {
            readTemplates(configFile, readJson(configFile).path("chat_template"), sources);
        }
        readTemplateFiles(configFile, sources);
        return sources;
    }

    /** Returns the texts of a model's special tokens by their names in Jinja. */
    static Map<String, String> specialTokens(Path configFile) {
        Map<String, String> tokens = new LinkedHashMap<>();
        for (Path file : List.of(configFile.resolveSibling("special_tokens_map.json"), configFile)) {
            if (Files.exists(file)) {
                readSpecialTokens(readJson(file), tokens);
            }
        }
        return Map.copyOf(tokens);
    }

    private static void readTemplates(Path file, JsonNode node, Map<String, String> sources) {
        if (node.isTextual()) {
            sources.put(DEFAULT_VARIANT, node.textValue());
        }
        else if (node.isArray()) {
            for (JsonNode each : node) {
                if (!each.path("name").isTextual() || !each.path("template").isTextual()) {
                    throw new ChatTemplateException(
                            "chat_template in " + file + " is a list whose elements must have a name and a template");
                }
                sources.put(each.path("name").textValue(), each.path("template").textValue());
            }
        }
        else if (!node.isMissingNode() && !node.isNull()) {
            throw new ChatTemplateException(
                    "chat_template in " + file + " must be a text or a list of named templates");
        }
    }

    private static void readTemplateFiles(Path configFile, Map<String, String> sources) {
        Path single = configFile.resolveSibling("chat_template.jinja");
        if (Files.exists(single)) {
            sources.clear();
            sources.put(DEFAULT_VARIANT, read(single));
        }
        Path toolUse = configFile.resolveSibling("additional_chat_templates").resolve(TOOL_VARIANT + ".jinja");
        if (Files.exists(toolUse)) {
            sources.put(TOOL_VARIANT, read(toolUse));
        }
    }

    private static void readSpecialTokens(JsonNode config, Map<String, String> tokens) {
        for (String tokenName : TOKEN_NAMES) {
            JsonNode node = config.path(tokenName);
            JsonNode text = node.isObject() ? node.path("content") : node;
            if (text.isTextual()) {
                tokens.put(tokenName, text.textValue());
            }
        }
    }

    /** Reads a JSON object. */
    static JsonNode readJson(Path file) {
        try {
            JsonNode node = JsonText.read(read(file));
            if (node.isObject()) {
                return node;
            }
        }
        catch (JsonProcessingException ex) {
            throw new ChatTemplateException("file " + file + " is not JSON (" + JsonText.detail(ex)
                    + "); copy it again from the model's source", ex);
        }
        throw new ChatTemplateException(
                "file " + file + " must be a JSON object; copy it again from the model's source");
    }

    /** Reads a text. */
    static String read(Path file) {
        try {
            byte[] content = SmallFile.read(file, MAX_BYTES);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        }
        catch (IOException ex) {
            throw new ChatTemplateException("file " + file + " cannot be read as UTF-8 text (" + ex.getMessage()
                    + "); check that it exists and is readable", ex);
        }
    }

}
