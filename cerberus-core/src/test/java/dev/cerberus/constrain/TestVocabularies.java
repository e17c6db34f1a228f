package dev.cerberus.constrain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.cerberus.testing.TestData;
import dev.cerberus.text.TextTokenizer;

/**
 * Vocabularies for tests: real ones where the public data is there, and one of all bytes
 * and some pieces that are longer.
 */
final class TestVocabularies {

    private static final List<String> PIECES = List.of("{\"", "\":", "\": ", "\", \"", "\"}", "}}", "]}", "[]", "{}",
            "true", "false", "null", "name", "ame\": \"", "age", " \"", ", ", ": ", "12", "345", "0.5", "e+1", "the",
            " of", "hello world", "\\n", "\\\"", "é", "世界", "世", "\n", "  ", "-", "ab", "a1", "x_", "red", "<tool",
            "_call>");

    private TestVocabularies() {
    }

    /** Returns a vocabulary of 256 bytes, some pieces, an end and a silent token. */
    static TokenVocabulary small() {
        List<byte[]> texts = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            texts.add(new byte[] { (byte) b });
        }
        PIECES.forEach((piece) -> texts.add(piece.getBytes(StandardCharsets.UTF_8)));
        texts.add(new byte[0]);
        texts.add(new byte[0]);
        return new TokenVocabulary(texts.toArray(new byte[0][]), Set.of(texts.size() - 2));
    }

    /** Returns the vocabulary of a public tokenizer, or skips the test. */
    static TokenVocabulary of(String name, String end) {
        try (TextTokenizer tokenizer = TextTokenizer.load(TestData.require("tokenizers/" + name))) {
            return new TokenVocabulary(tokenizer.pieces().orElseThrow(), Set.of(tokenizer.tokenId(end).orElseThrow()));
        }
    }

}
