package dev.cerberus.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
 * @param addedTokens tokens that are looked for before anything else, by rising id; those
 * that {@code tokenizer.json} lacks are added to its own
 */
public record TokenizerSettings(Optional<String> bosToken, Optional<String> eosToken, Optional<Boolean> addBosToken,
        Optional<Boolean> addEosToken, List<AddedToken> addedTokens) {

    /** Settings that say nothing. */
    public static final TokenizerSettings NONE = new TokenizerSettings(Optional.empty(), Optional.empty());

    // The classes that put these tokens there themselves, whatever the post-processor
    // says.
    private static final Set<String> HEEDING = Set.of("LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer",
            "CohereTokenizer");

    public TokenizerSettings {
        addedTokens = List.copyOf(addedTokens);
    }

    /**
     * Creates settings that name two tokens and say nothing else.
     * @param bosToken text of the token that begins a text
     * @param eosToken text of the token that ends one
     */
    public TokenizerSettings(Optional<String> bosToken, Optional<String> eosToken) {
        this(bosToken, eosToken, Optional.empty(), Optional.empty(), List.of());
    }

    /**
     * A token that is looked for in a text before anything else.
     *
     * @param id its id
     * @param content its text, not empty
     * @param special whether decoding leaves it out
     * @param normalized whether it is looked for in the normalized text
     * @param singleWord whether it counts between other than letters only
     * @param leftStrip whether it takes the blanks before it
     * @param rightStrip whether it takes the blanks behind it
     */
    public record AddedToken(int id, String content, boolean special, boolean normalized, boolean singleWord,
            boolean leftStrip, boolean rightStrip) {
    }

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
                flag(config, "add_eos_token", heeded), addedTokens(config.path("added_tokens_decoder")));
    }

    /**
     * What makes no sense is passed over, since most tokens are those of the other file.
     */
    private static List<AddedToken> addedTokens(JsonNode decoder) {
        List<AddedToken> tokens = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : decoder.properties()) {
            JsonNode token = entry.getValue();
            String content = token.path("content").asText();
            if (entry.getKey().matches("[0-9]{1,9}") && !content.isEmpty()) {
                boolean special = token.path("special").asBoolean();
                tokens.add(new AddedToken(Integer.parseInt(entry.getKey()), content, special,
                        token.path("normalized").asBoolean(!special), token.path("single_word").asBoolean(),
                        token.path("lstrip").asBoolean(), token.path("rstrip").asBoolean()));
            }
        }
        tokens.sort(Comparator.comparingInt(AddedToken::id));
        return tokens;
    }

    private static Optional<Boolean> flag(JsonNode config, String field, boolean heeded) {
        JsonNode value = config.path(field);
        return (heeded && value.isBoolean()) ? Optional.of(value.booleanValue()) : Optional.empty();
    }

}
