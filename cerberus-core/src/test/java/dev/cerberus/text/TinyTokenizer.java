package dev.cerberus.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Writes small tokenizers of both kinds in use, so that tests need no downloaded file.
 */
final class TinyTokenizer {

    private TinyTokenizer() {
    }

    /**
     * Byte-level BPE: ids 0 to 255 are bytes, then two merges, then the special token
     * {@code <|end|>}.
     */
    static Path byteLevel(Path directory) throws IOException {
        Map<String, Object> json = byteLevelJson();
        return write(directory.resolve("byte-level.json"), json);
    }

    static Map<String, Object> byteLevelJson() {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        int shifted = 0;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            vocabulary.put(Character.toString(printable ? b : 256 + shifted++), b);
        }
        vocabulary.put("th", 256);
        vocabulary.put("the", 257);
        Map<String, Object> byteLevel = Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true,
                "use_regex", true);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", "1.0");
        json.put("added_tokens", List.of(special(258, "<|end|>")));
        json.put("pre_tokenizer", byteLevel);
        json.put("decoder", byteLevel);
        json.put("model", model(vocabulary, List.of("t h", "th e"), false));
        return json;
    }

    /**
     * SentencePiece-style BPE with byte fallback: ids 3 to 258 are bytes, {@code <s>} is
     * put in front.
     */
    static Path byteFallback(Path directory) throws IOException {
        Map<String, Object> vocabulary = new LinkedHashMap<>();
        vocabulary.put("<unk>", 0);
        vocabulary.put("<s>", 1);
        vocabulary.put("</s>", 2);
        for (int b = 0; b < 256; b++) {
            vocabulary.put(String.format("<0x%02X>", b), 3 + b);
        }
        for (String piece : List.of("\u2581", "a", "b", "c", "\u2581a", "\u2581b")) {
            vocabulary.put(piece, vocabulary.size());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("version", "1.0");
        json.put("added_tokens", List.of(special(0, "<unk>"), special(1, "<s>"), special(2, "</s>")));
        json.put("normalizer",
                Map.of("type", "Sequence", "normalizers", List.of(Map.of("type", "Prepend", "prepend", "\u2581"),
                        Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", "\u2581"))));
        json.put("post_processor", Map.of("type", "TemplateProcessing", "single",
                List.of(Map.of("SpecialToken", Map.of("id", "<s>", "type_id", 0)),
                        Map.of("Sequence", Map.of("id", "A", "type_id", 0))),
                "pair", List.of(), "special_tokens",
                Map.of("<s>", Map.of("id", "<s>", "ids", List.of(1), "tokens", List.of("<s>")))));
        json.put("decoder",
                Map.of("type", "Sequence", "decoders",
                        List.of(Map.of("type", "Replace", "pattern", Map.of("String", "\u2581"), "content", " "),
                                Map.of("type", "ByteFallback"), Map.of("type", "Fuse"),
                                Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0))));
        json.put("model", model(vocabulary, List.of("\u2581 a", "\u2581 b"), true));
        return write(directory.resolve("byte-fallback.json"), json);
    }

    static Path write(Path file, Object json) throws IOException {
        return Files.write(file, new JsonMapper().writeValueAsBytes(json));
    }

    /** The ids of the bytes of a text in {@link #byteLevel(Path)}. */
    static int[] bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[utf8.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Byte.toUnsignedInt(utf8[i]);
        }
        return ids;
    }

    private static Map<String, Object> special(int id, String content) {
        return added(id, content, true);
    }

    /** A token that is looked for before anything else. */
    static Map<String, Object> added(int id, String content, boolean special) {
        return Map.of("id", id, "content", content, "single_word", false, "lstrip", false, "rstrip", false,
                "normalized", false, "special", special);
    }

    private static Map<String, Object> model(Map<String, Object> vocabulary, List<String> merges, boolean fallback) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        if (fallback) {
            model.put("unk_token", "<unk>");
        }
        model.put("fuse_unk", fallback);
        model.put("byte_fallback", fallback);
        model.put("vocab", vocabulary);
        model.put("merges", new ArrayList<>(merges));
        return model;
    }

}
