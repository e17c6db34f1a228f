package dev.cerberus.recipe.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Writer of the tokenizer files of the demo model in Hugging Face form.
 */
public final class TokenizerFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int SPECIAL = 3;

    private TokenizerFiles() {
    }

    /**
     * Writes tokenizer.json, tokenizer_config.json and generation_config.json.
     * @param directory target folder, created if it is missing
     * @throws IOException if a file cannot be written
     */
    public static void write(BpeTrainer.Vocabulary vocabulary, Path directory) throws IOException {
        Files.createDirectories(directory);
        JSON.writeValue(directory.resolve("tokenizer.json").toFile(), tokenizer(vocabulary));
        var pretty = JSON.writerWithDefaultPrettyPrinter();
        pretty.writeValue(directory.resolve("tokenizer_config.json").toFile(), config());
        pretty.writeValue(directory.resolve("generation_config.json").toFile(),
                ordered("do_sample", false, "eos_token_id", List.of(2, 0), "pad_token_id", 0));
    }

    private static Map<String, Object> tokenizer(BpeTrainer.Vocabulary vocabulary) {
        Map<String, Object> ids = new LinkedHashMap<>();
        for (String token : vocabulary.vocabulary()) {
            ids.put(token, ids.size());
        }
        Map<String, Object> split = ordered("type", "Split", "pattern", Map.of("Regex", BpeTrainer.PATTERN), "behavior",
                "Isolated", "invert", false);
        Map<String, Object> byteLevel = ordered("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", false,
                "use_regex", false);
        Map<String, Object> model = ordered("type", "BPE", "fuse_unk", false, "byte_fallback", false, "vocab", ids,
                "merges", vocabulary.merges().stream().map((merge) -> String.join(" ", merge)).toList());
        return ordered("version", "1.0", "added_tokens", addedTokens(), "pre_tokenizer",
                ordered("type", "Sequence", "pretokenizers", List.of(split, byteLevel)), "decoder",
                ordered("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", false, "use_regex", false),
                "model", model);
    }

    private static List<Map<String, Object>> addedTokens() {
        List<Map<String, Object>> tokens = new ArrayList<>();
        for (String token : ChatMl.RESERVED) {
            tokens.add(ordered("id", tokens.size(), "content", token, "single_word", false, "lstrip", false, "rstrip",
                    false, "normalized", false, "special", isSpecial(tokens.size())));
        }
        return tokens;
    }

    // the tags of tool calls are text that a reader sees, so they are not special
    private static boolean isSpecial(int id) {
        return id < SPECIAL || id == ChatMl.RESERVED.size() - 1;
    }

    private static Map<String, Object> config() {
        Map<String, Object> decoder = new LinkedHashMap<>();
        for (Map<String, Object> token : addedTokens()) {
            Map<String, Object> entry = new LinkedHashMap<>(token);
            Object id = entry.remove("id");
            decoder.put(String.valueOf(id), entry);
        }
        return ordered("tokenizer_class", "PreTrainedTokenizerFast", "model_max_length", 1024, "add_bos_token", false,
                "add_prefix_space", false, "clean_up_tokenization_spaces", false, "eos_token", ChatMl.END, "pad_token",
                ChatMl.END_OF_TEXT, "added_tokens_decoder", decoder, "chat_template", ChatMl.jinja());
    }

    private static Map<String, Object> ordered(Object... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }

}
