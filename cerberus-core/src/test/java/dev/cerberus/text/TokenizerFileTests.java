package dev.cerberus.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TokenizerFileTests {

    @TempDir
    Path directory;

    private void assertRefused(Consumer<Map<String, Object>> change, String reason) throws IOException {
        Map<String, Object> json = TinyTokenizer.byteLevelJson();
        change.accept(json);
        assertRefused(new JsonMapper().writeValueAsBytes(json), reason);
    }

    private static void assertRefused(byte[] json, String reason) {
        assertThatExceptionOfType(TokenizerException.class).isThrownBy(() -> TextTokenizer.load("mutant.json", json))
            .withMessageContaining("tokenizer file mutant.json")
            .withMessageContaining(reason)
            .satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("\n"));
    }

    private static byte[] withText(String component, String text) throws IOException {
        Map<String, Object> json = TinyTokenizer.byteLevelJson();
        json.put(component, "REPLACED");
        return new JsonMapper().writeValueAsString(json).replace("\"REPLACED\"", text).getBytes(StandardCharsets.UTF_8);
    }

    // Each of these ended the process or stalled it when native code saw it.
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`',
            textBlock = """
                    decoder ~ {"type":"Strip","content":" ","start":1e999,"stop":0} ~ in decoder is out of range
                    decoder ~ {"type":"Strip","content":" ","start":1,"stop":1} ~ strips characters from the end of tokens
                    decoder ~ {"type":"Strip","content":" ","start":0,"stop":99} ~ strips characters from the end of tokens
                    decoder ~ {"type":"Strip","content":"\\ud800","start":1,"stop":0} ~ holds half a character
                    decoder ~ {"type":"Fuse","\\udc00":1} ~ a name in decoder holds half a character
                    decoder ~ {"type":"Wild"} ~ has the type Wild, not one of
                    decoder ~ {"type":"Fuse","x":123456789012345678901234567890} ~ in decoder is out of range
                    decoder ~ {"type":"Sequence","decoders":{}} ~ has a Sequence without decoders
                    normalizer ~ {"type":"Precompiled","precompiled_charsmap":"AA=="} ~ shorter than its length field
                    normalizer ~ {"type":"Precompiled","precompiled_charsmap":"%%%"} ~ precompiled_charsmap of its normalizer is damaged
                    normalizer ~ {"type":"Precompiled","precompiled_charsmap":"//////////8="} ~ claims
                    normalizer ~ {"type":"Precompiled"} ~ is missing
                    normalizer ~ {"type":"Replace","pattern":{"String":""},"content":"x"} ~ neither a text nor a regular expression
                    normalizer ~ {"type":"Prepend","prepend":"0123456789012345678901234567890123456789"} ~ prepends more than 32
                    pre_tokenizer ~ {"type":"Split","pattern":{"Regex":"(x+x+)+y"},"behavior":"Isolated","invert":false} ~ its pre_tokenizer has a regular expression
                    post_processor ~ {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}}],"pair":[],"special_tokens":{}} ~ names the special token "<s>"
                    post_processor ~ {"type":"TemplateProcessing","single":[],"pair":[],"special_tokens":{"<s>":{"id":"<s>","ids":[3000000000],"tokens":["<s>"]}}} ~ adds the id 3000000000
                    post_processor ~ {"type":"TemplateProcessing","single":[],"pair":[],"special_tokens":{"<s>":{"id":"<s>","ids":[99999],"tokens":["<s>"]}}} ~ adds the id 99999
                    post_processor ~ {"type":"BertProcessing","sep":["a",99999],"cls":["a",1]} ~ adds the id 99999
                    """)
    void loadWhenAPartWouldEndTheProcessNamesIt(String component, String value, String reason) throws IOException {
        assertRefused(withText(component, value), reason);
    }

    @Test
    void loadWhenNestingIsDeepRefuses() throws IOException {
        assertRefused(withText("decoder", "[".repeat(200) + "]".repeat(200)), "nesting depth");
    }

    @Test
    void loadWhenNormalizersMultiplyTheTextRefuses() throws IOException {
        Map<String, Object> grow = Map.of("type", "Replace", "pattern", Map.of("String", "a"), "content",
                "a".repeat(100));
        assertRefused(
                (json) -> json.put("normalizer",
                        Map.of("type", "Sequence", "normalizers", List.of(grow, grow, grow, grow))),
                "more than 32 times longer");
    }

    @Test
    void loadWhenTheModelReferencesWhatIsNotThereRefuses() throws IOException {
        assertRefused((json) -> model(json).put("unk_token", "<nope>"),
                "unk_token \"<nope>\" is not in the vocabulary");
        assertRefused((json) -> model(json).put("continuing_subword_prefix", "##########"),
                "continuing_subword_prefix");
        assertRefused((json) -> model(json).put("type", "Other"), "the type of its model is \"Other\"");
        assertRefused((json) -> vocabulary(json).put("x1", 1 << 25), "has no valid id: 33554432");
        assertRefused((json) -> vocabulary(json).put("x1", 1L << 40), "has no valid id");
    }

    @Test
    void loadWhenATokenHoldsHalfACharacterRefuses() throws IOException {
        for (String half : List.of("\\ud800", "\\udc00", "x\\ud83d", "\\ude00\\ud83d")) {
            assertRefused(new JsonMapper().writeValueAsString(TinyTokenizer.byteLevelJson())
                .replace("\"the\":", "\"" + half + "\":")
                .getBytes(StandardCharsets.UTF_8), "token 257 holds half a character");
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> model(Map<String, Object> json) {
        return (Map<String, Object>) json.get("model");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> vocabulary(Map<String, Object> json) {
        return (Map<String, Object>) model(json).get("vocab");
    }

    @Test
    void characterMapWhenAPointerLeavesItIsRefusedAndElseIsFollowed() throws IOException {
        // A root whose children begin at 256, one of them "a" with a leaf at 512 whose
        // value is replacement 0.
        int[] units = new int[1024];
        units[0] = 256 << 10;
        units[256 ^ 'a'] = ((256 ^ 'a' ^ 512) << 10) | (1 << 8) | 'a';
        units[512] = Integer.MIN_VALUE;
        byte[] right = map(units, "b\0");
        try (TextTokenizer tokenizer = TextTokenizer.load("map.json", withMap(right))) {
            assertThat(tokenizer.encode("xa", false)).containsExactly('x', 'b');
        }
        units[512] = Integer.MIN_VALUE | 77;
        assertRefused(withMap(map(units, "b\0")), "points outside the replacements");
        units[512] = Integer.MIN_VALUE | 1;
        assertRefused(withMap(map(units, "\u00e9\0")), "points outside the replacements");
        units[256 ^ 'a'] = (4000 << 10) | 'a';
        assertRefused(withMap(map(units, "b\0")), "points outside itself");
        units[0] = 5000 << 10;
        assertRefused(withMap(map(units, "b\0")), "points outside itself");
    }

    private static byte[] withMap(byte[] map) throws IOException {
        return withText("normalizer", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\""
                + Base64.getEncoder().encodeToString(map) + "\"}");
    }

    private static byte[] map(int[] units, String replacements) {
        byte[] text = replacements.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * units.length + text.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(4 * units.length);
        for (int unit : units) {
            bytes.putInt(unit);
        }
        return bytes.put(text).array();
    }

    @Test
    void renamedWhenMergesLeadToATokenLeavesThemOut() throws IOException {
        Map<String, Object> json = TinyTokenizer.byteLevelJson();
        TokenizerFile file = TokenizerFile.parse("x", new JsonMapper().writeValueAsBytes(json));
        Map<String, String> names = new LinkedHashMap<>(Map.of("the", "<|1|>", "<|end|>", "<|2|>"));
        String renamed = new String(file.renamed(names), StandardCharsets.UTF_8);
        assertThat(renamed).contains("\"<|1|>\":257", "\"content\":\"<|2|>\"", "[\"t h\"]")
            .doesNotContain("\"the\"", "th e", "<|end|>");
        assertThat(file.longestToken()).isEqualTo("<|end|>".length());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void loadWhenTheFileIsADeviceOrTooLargeRefusesAtOnce() throws IOException {
        Path link = Files.createSymbolicLink(this.directory.resolve("tokenizer.json"), Path.of("/dev/zero"));
        assertThatExceptionOfType(TokenizerException.class).isThrownBy(() -> TextTokenizer.load(link))
            .withMessageContaining(link.toString())
            .withMessageContaining("not a regular file");
        Files.createSymbolicLink(this.directory.resolve("tokenizer_config.json"), Path.of("/dev/zero"));
        assertThatExceptionOfType(ChatTemplateException.class)
            .isThrownBy(() -> ChatTemplate.fromTokenizerConfig(this.directory))
            .withMessageContaining("not a regular file");
        Path large = this.directory.resolve("chat_template.jinja");
        try (var channel = java.nio.channels.FileChannel.open(large, java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), 17L << 20);
        }
        assertThatExceptionOfType(ChatTemplateException.class).isThrownBy(() -> ChatTemplate.fromFile(large))
            .withMessageContaining("more than the 16777216 bytes");
    }

}
