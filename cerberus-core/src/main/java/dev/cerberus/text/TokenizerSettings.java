package dev.cerberus.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What {@code tokenizer_config.json} says besides the chat template. Immutable and
 * thread-safe.
 *
 * @param bosToken text of the token that begins a text
 * @param eosToken text of the token that ends one
 * @param addBosToken whether a text is to begin with the former, if stated and heeded
 * @param addEosToken whether a text is to end with the latter, if stated and heeded
 */
public record TokenizerSettings(Optional<String> bosToken, Optional<String> eosToken, Optional<Boolean> addBosToken,
        Optional<Boolean> addEosToken) {

    /** Settings that say nothing. */
    public static final TokenizerSettings NONE = new TokenizerSettings(Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty());

    // The classes that put these tokens there themselves, whatever the post-processor
    // says.
    private static final Set<String> HEEDING = Set.of("LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer",
            "CohereTokenizer");

    /**
     * Reads the settings of a model.
     * @param directory the model directory
     * @return the settings; those in {@code special_tokens_map.json} count where the file
     * itself names no token
     * @throws ChatTemplateException if a file is damaged
     */
    public static TokenizerSettings read(Path directory) {
        Path file = directory.resolve("tokenizer_config.json");
        Map<String, String> tokens = TemplateFiles.specialTokens(file);
        JsonNode config = Files.exists(file) ? TemplateFiles.readJson(file) : JsonText.MAPPER.createObjectNode();
        String type = config.path("tokenizer_class").asText().replaceFirst("Fast$", "");
        boolean heeded = HEEDING.contains(type);
        return new TokenizerSettings(Optional.ofNullable(tokens.get("bos_token")),
                Optional.ofNullable(tokens.get("eos_token")), flag(config, "add_bos_token", heeded),
                flag(config, "add_eos_token", heeded));
    }

    private static Optional<Boolean> flag(JsonNode config, String field, boolean heeded) {
        JsonNode value = config.path(field);
        return (heeded && value.isBoolean()) ? Optional.of(value.booleanValue()) : Optional.empty();
    }

}
