package dev.cerberus.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TextTokenizerTests {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({ "qwen2, qwen2.5", "llama-spm, tinyllama" })
    void encodeWhenTextsAreTheOraclesReturnsItsIds(String oracle, String tokenizer) throws IOException {
        List<String> texts = OracleTexts.texts(oracle);
        List<int[]> expected = OracleTexts.ids(oracle);
        assertThat(expected).hasSameSizeAs(texts).hasSizeGreaterThan(40);
        try (TextTokenizer loaded = TextTokenizer.load(PublicData.require("tokenizers/" + tokenizer))) {
            for (int i = 0; i < texts.size(); i++) {
                assertThat(loaded.encode(texts.get(i), false)).as("text %d: %s", i, texts.get(i))
                    .isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void encodeWhenMergesApplyReturnsTheMergedToken() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            assertThat(tokenizer.encode("the th<|end|>", false)).containsExactly(257, ' ', 256, 258);
        }
    }

    @Test
    void encodeWhenSpecialTokensAreWantedAddsThoseOfThePostProcessor() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteFallback(this.directory))) {
            int[] plain = tokenizer.encode("a b", false);
            assertThat(tokenizer.encode("a b", true)).startsWith(1).endsWith(plain).hasSize(plain.length + 1);
        }
    }

    @Test
    void encodeWhenTheSettingsNameMoreTokensFindsThem() throws IOException {
        Path file = TinyTokenizer.write(this.directory.resolve("tokenizer.json"), TinyTokenizer.byteLevelJson());
        Files.writeString(this.directory.resolve("tokenizer_config.json"), """
                {"added_tokens_decoder": {
                  "260": {"content": "<think>", "special": false, "normalized": false},
                  "259": {"content": "<|im_start|>", "special": true, "normalized": false, "rstrip": true},
                  "258": {"content": "<|end|>", "special": false},
                  "257": {"content": "the", "special": true},
                  "x": {"content": "no id"}, "261": {"content": ""}}}
                """);
        try (TextTokenizer tokenizer = TextTokenizer.load(file, TokenizerSettings.read(this.directory))) {
            assertThat(tokenizer.encode("<|im_start|>  a<think>xthe<|end|>", false)).containsExactly(259, 'a', 260, 'x',
                    257, 258);
            assertThat(tokenizer.decode(new int[] { 259, 'a', 260, 257, 258 })).isEqualTo("a<think>");
            assertThat(tokenizer.vocabularySize()).isEqualTo(261);
            assertThat(tokenizer.tokenId("<|im_start|>")).hasValue(259);
            try (TextTokenizer renamed = tokenizer.renamed(Map.of("<|im_start|>", "<|secret|>"))) {
                assertThat(renamed.encode("<|secret|>", false)).containsExactly(259);
                assertThat(renamed.encode("<|im_start|>", false)).hasSizeGreaterThan(1);
            }
        }
    }

    /*
     * As from transformers, which then puts its own post-processor in place of the
     * file's.
     */
    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void encodeWhenTheSettingsNameABosPutsNoneOfThePostProcessorBeforeIt(boolean wanted) throws IOException {
        Path file = TinyTokenizer.byteFallback(this.directory);
        TokenizerSettings settings = new TokenizerSettings(Optional.of("</s>"), Optional.empty(), Optional.of(wanted),
                Optional.empty(), List.of());
        try (TextTokenizer tokenizer = TextTokenizer.load(file, settings)) {
            int[] plain = tokenizer.encode("a b", false);
            IntStream before = wanted ? IntStream.of(2) : IntStream.empty();
            assertThat(tokenizer.encode("a b", true))
                .containsExactly(IntStream.concat(before, Arrays.stream(plain)).toArray());
        }
    }

    /*
     * Native code takes the vocabulary's word, and the next free id for what is not
     * there.
     */
    @Test
    void encodeWhenAddedTokensNameOtherIdsThanTheVocabularyHasThoseOfTheVocabulary() throws IOException {
        Map<String, Object> json = TinyTokenizer.byteLevelJson();
        json.put("added_tokens", List.of(TinyTokenizer.added(257, "<|end|>", true),
                TinyTokenizer.added(300, "th", false), TinyTokenizer.added(400, "<|turn|>", false)));
        byte[] content = new JsonMapper().writeValueAsBytes(json);
        try (TextTokenizer tokenizer = TextTokenizer.load("tokenizer.json", content)) {
            assertThat(tokenizer.encode("the<|end|>th<|turn|>", false)).containsExactly(256, 'e', 258, 256, 259);
            assertThat(tokenizer.decode(new int[] { 257, 258, 256, 259 })).isEqualTo("theth<|turn|>");
            assertThat(tokenizer.tokenId("the")).hasValue(257);
            assertThat(tokenizer.tokenId("<|end|>")).hasValue(258);
            assertThat(tokenizer.tokenId("th")).hasValue(256);
            assertThat(tokenizer.tokenId("<|turn|>")).hasValue(259);
            assertThat(tokenizer.vocabularySize()).isEqualTo(260);
            assertThat(tokenizer.specialToken(257)).isEmpty();
            assertThat(tokenizer.specialToken(258)).hasValue("<|end|>");
            assertThat(tokenizer.bytes().of(256)).asString(StandardCharsets.UTF_8).isEqualTo("th");
            assertThat(tokenizer.bytes().of(257)).asString(StandardCharsets.UTF_8).isEqualTo("the");
            assertThat(tokenizer.bytes().of(258)).isEmpty();
            assertThat(tokenizer.bytes().of(259)).asString(StandardCharsets.UTF_8).isEqualTo("<|turn|>");
        }
    }

    @Test
    void encodeWhenFileAsksForTruncationAndPaddingIgnoresBoth() throws IOException {
        Map<String, Object> json = TinyTokenizer.byteLevelJson();
        json.put("truncation", Map.of("direction", "Right", "max_length", 3, "strategy", "LongestFirst", "stride", 0));
        json.put("padding", Map.of("strategy", Map.of("Fixed", 8), "direction", "Right", "pad_id", 0, "pad_type_id", 0,
                "pad_token", "!"));
        Path file = TinyTokenizer.write(this.directory.resolve("tokenizer.json"), json);
        try (TextTokenizer tokenizer = TextTokenizer.load(this.directory)) {
            assertThat(file).exists();
            assertThat(tokenizer.encode("abcde", false)).containsExactly('a', 'b', 'c', 'd', 'e');
            assertThat(tokenizer.encode("ab", false)).containsExactly('a', 'b');
        }
    }

    @Test
    void encodeWhenTextIsLongKeepsAllOfIt() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            assertThat(tokenizer.encode("x".repeat(20_000), true)).hasSize(20_000);
        }
    }

    @Test
    void encodeWhenTextIsLongerThanNativeCodeBearsRefuses() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> tokenizer.encode("x" + " ".repeat(11_000_000) + "y", false))
                .withMessageContaining("11000002 characters is longer than the 4000000");
        }
    }

    @Test
    void encodeWhenARunOfBlanksIsAsLongAsAllowedSucceeds() {
        try (TextTokenizer tokenizer = TextTokenizer.load(PublicData.require("tokenizers/minimind"))) {
            String blanks = "x" + " ".repeat(TextTokenizer.MAX_CHARACTERS / 8) + "y";
            assertThat(tokenizer.decode(tokenizer.encode(blanks, false))).isEqualTo(blanks);
        }
    }

    @Test
    void encodeWhenTextHasHalfASurrogatePairReadsAReplacementCharacter() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            assertThat(tokenizer.encode("a\uD83D\u00e9\uDE00", false))
                .isEqualTo(TinyTokenizer.bytes("a\uFFFD\u00e9\uFFFD"));
            assertThat(tokenizer.encode("\uD83D\uDE00\0", false)).isEqualTo(TinyTokenizer.bytes("\uD83D\uDE00\0"));
        }
    }

    @Test
    void decodeWhenIdsAreSpecialOrUnknownLeavesThemOut() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            assertThat(tokenizer.decode(new int[] { 257, 258, 5_000_000, 'x' })).isEqualTo("thex");
            assertThat(tokenizer.decode(new int[] { 'a', 'b', 'c', 'd' }, 1, 3)).isEqualTo("bc");
            assertThat(tokenizer.decode(new int[0])).isEmpty();
            assertThatIllegalArgumentException().isThrownBy(() -> tokenizer.decode(new int[] { 'a', -1 }))
                .withMessageContaining("was -1 at index 1");
        }
    }

    @Test
    void tokenIdWhenTokenIsAddedOrOrdinaryReturnsItsId() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            assertThat(tokenizer.tokenId("<|end|>")).hasValue(258);
            assertThat(tokenizer.tokenId("the")).hasValue(257);
            assertThat(tokenizer.tokenId("no such token")).isEmpty();
            assertThat(tokenizer.vocabularySize()).isEqualTo(259);
        }
    }

    @ParameterizedTest
    @CsvSource({ "qwen2.5, 151665, <|im_end|>, 151645", "tinyllama, 32000, </s>, 2", "minimind, 6400, <|im_end|>, 2" })
    void vocabularyOfPublicTokenizersIsRead(String name, int size, String token, int id) {
        try (TextTokenizer tokenizer = TextTokenizer.load(PublicData.require("tokenizers/" + name))) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(size);
            assertThat(tokenizer.tokenId(token)).hasValue(id);
            assertThat(tokenizer.encode("x" + token, false)).endsWith(id);
        }
    }

    @Test
    void loadWhenPublicTokenizerIsDamagedNamesFileAndRemedy() {
        assertRefused(PublicData.require("bad-input/tokenizer-damaged.json"), "is damaged or not a tokenizer.json");
    }

    @Test
    void loadWhenFileIsMissingOrEmptyNamesFileAndRemedy() throws IOException {
        assertRefused(this.directory.resolve("absent.json"), "does not exist; a model directory needs");
        assertRefused(Files.createFile(this.directory.resolve("empty.json")), "is empty; copy it again");
        assertThatExceptionOfType(TokenizerException.class).isThrownBy(() -> TextTokenizer.load(this.directory))
            .withMessageContaining(this.directory.resolve("tokenizer.json").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = { "hello", "[]", "{}", "{\"model\":{}}", "{\"model\":{\"vocab\":{}}}",
            "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}",
            "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":\"x\"},\"merges\":[]}}",
            "{\"version\":\"1.0\",\"model\":{\"type\":\"Other\",\"vocab\":{\"a\":0},\"merges\":[]}}",
            "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"b c\"]}}",
            "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}} {}",
            "{\"architectures\":[\"LlamaForCausalLM\"]}" })
    void loadWhenContentIsNotATokenizerNamesFileAndRemedy(String content) throws IOException {
        assertRefused(Files.writeString(this.directory.resolve("wrong.json"), content),
                "is damaged or not a tokenizer.json");
    }

    @Test
    void loadWhenFileIsCutAnywhereNeverEndsTheJvm() throws IOException {
        byte[] whole = Files.readAllBytes(TinyTokenizer.byteLevel(this.directory));
        for (int length = 1; length < whole.length - 1; length += 97) {
            String cut = new String(whole, 0, length, StandardCharsets.UTF_8);
            assertRefused(Files.writeString(this.directory.resolve("cut.json"), cut), "copy it again");
        }
    }

    @Test
    void closeWhenCallsAreRunningWaitsForThem() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory));
            String text = "the cat ".repeat(500);
            int expected = tokenizer.encode(text, false).length;
            List<Future<Boolean>> calls = IntStream.range(0, 40)
                .mapToObj((i) -> threads.submit(() -> encodesOrIsClosed(tokenizer, text, expected)))
                .toList();
            tokenizer.close();
            tokenizer.close();
            for (Future<Boolean> call : calls) {
                assertThat(call.get()).isTrue();
            }
            assertThatIllegalStateException().isThrownBy(() -> tokenizer.encode("x", false))
                .withMessage("the tokenizer is closed");
        }
        finally {
            threads.shutdownNow();
        }
    }

    private static boolean encodesOrIsClosed(TextTokenizer tokenizer, String text, int expected) {
        try {
            return tokenizer.encode(text, false).length == expected;
        }
        catch (IllegalStateException ex) {
            return "the tokenizer is closed".equals(ex.getMessage());
        }
    }

    private static void assertRefused(Path file, String reason) {
        assertThatExceptionOfType(TokenizerException.class).isThrownBy(() -> TextTokenizer.load(file).close())
            .withMessageContaining(file.toString())
            .withMessageContaining(reason)
            .satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("\n").contains("; "));
    }

}
