package dev.cerberus.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.testing.TestData;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

class TokenPiecesTests {

    private static final List<String> TEXTS = List.of("Hello, world!", "{\"name\": \"Zoë\", \"n\": [1, 2.5]}\n",
            "  two  blanks\tand\n\nlines ", "世界 😀 é", "<tool_call>\n{\"a\": 1}\n</tool_call>", "\u0000\u0007");

    private static String text(TextTokenizer tokenizer, int[] ids) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[][] pieces = tokenizer.pieces().orElseThrow();
        for (int id : ids) {
            bytes.writeBytes(pieces[id]);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = { "minimind", "qwen2.5", "tinyllama" })
    void piecesOfATextAreTheText(String name) {
        try (TextTokenizer tokenizer = TextTokenizer.load(TestData.require("tokenizers/" + name))) {
            for (String text : TEXTS) {
                int[] ids = tokenizer.encode(text, false);
                assertThat(text(tokenizer, ids)).isEqualTo(tokenizer.dropsFirstBlank() ? " " + text : text);
                assertThat(tokenizer.decode(ids)).isEqualTo(text);
            }
        }
    }

    @Test
    void tokensThatAreJoinedAsTheyAreAreTheirOwnPieces(@TempDir Path directory) {
        TinyModels.writeWithTokenizer("llama", directory);
        try (TextTokenizer tokenizer = TextTokenizer.load(directory)) {
            assertThat(text(tokenizer, tokenizer.encode("{\"a\": 1}", false))).isEqualTo("{\"a\": 1}");
            assertThat(tokenizer.pieces().orElseThrow()[2]).isEmpty();
            assertThat(tokenizer.dropsFirstBlank()).isFalse();
        }
    }

    @Test
    void piecesOfAddedTokensAreWhatDecodingMakesOfThem(@TempDir Path directory) throws IOException {
        Map<String, Object> json = new JsonMapper().readValue(TinyTokenizer.byteFallback(directory).toFile(),
                new TypeReference<>() {
                });
        json.put("added_tokens", List.of(added(1, "<s>", true), added(265, "\u2581\u2581", false)));
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.write(directory.resolve("added.json"), json))) {
            assertThat(tokenizer.pieces().orElseThrow()[1]).isEmpty();
            assertThat(tokenizer.decode(new int[] { 260, 265, 260 })).isEqualTo("a  a");
            assertThat(text(tokenizer, new int[] { 260, 265, 260 })).isEqualTo("a  a");
        }
    }

    private static Map<String, Object> added(int id, String content, boolean special) {
        return Map.of("id", id, "content", content, "single_word", false, "lstrip", false, "rstrip", false,
                "normalized", false, "special", special);
    }

}
