package dev.cerberus.text;

import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TokenTextStreamTests {

    // Hello, Kannada, Hindi, Gothic (4 bytes each), llama, family of four joined, flags,
    // combining accent.
    private static final String SCRIPTS = "Hello \u0CA8\u0CAE\u0CB8\u0CCD\u0C95\u0CBE\u0CB0 \u0928\u092E\u0938\u094D"
            + "\u0924\u0947 \uD800\uDF3A\uD800\uDF3D\uD800\uDF3B\uD800\uDF3F\uD800\uDF40 \uD83E\uDD99\uD83E\uDD99 "
            + "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \uD83C\uDDE9\uD83C\uDDEA \u00e9!";

    @TempDir
    Path directory;

    @Test
    void pushWhenEmojiIsSplitOverTokensShowsItOnceWhole() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            List<String> increments = increments(tokenizer, TinyTokenizer.bytes("a\uD83E\uDD99b"));
            assertThat(increments).containsExactly("a", "", "", "", "\uD83E\uDD99", "b", "");
        }
    }

    @Test
    void pushWhenEmojiIsSplitIntoFallbackBytesShowsItOnceWhole() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteFallback(this.directory))) {
            int[] ids = tokenizer.encode("a \uD83E\uDD99\uD83E\uDD99", false);
            assertThat(increments(tokenizer, ids)).containsExactly("a", " ", "", "", "", "\uD83E\uDD99", "", "", "",
                    "\uD83E\uDD99", "");
        }
    }

    @Test
    void flushWhenCharacterIsUnfinishedReturnsAReplacementCharacter() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            assertThat(increments(tokenizer, new int[] { 'a', 0xF0, 0x9F })).containsExactly("a", "", "", "\uFFFD");
        }
    }

    @Test
    void pushWhenBytesAreInvalidShowsThemAndGoesOn() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            int[] ids = new int[3_000];
            Arrays.fill(ids, 0x80);
            ids[ids.length - 1] = 'z';
            WindowDetokenizer stream = new WindowDetokenizer(tokenizer, new int[0]);
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append(stream.push(id));
                assertThat(stream.windowSize()).isLessThanOrEqualTo(80);
            }
            assertThat(text.append(stream.flush())).hasToString(tokenizer.decode(ids));
        }
    }

    @Test
    void pushWhenSpecialTokensAreBetweenKeepsTheSpaceAfterThem() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteFallback(this.directory))) {
            int a = tokenizer.tokenId("\u2581a").orElseThrow();
            int b = tokenizer.tokenId("\u2581b").orElseThrow();
            int[] ids = new int[60];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (i % 3 == 0) ? a : (i % 3 == 1) ? 2 : b;
            }
            assertThat(String.join("", increments(tokenizer, ids))).isEqualTo("a b ".repeat(20).strip());
        }
    }

    @Test
    void streamWhenItContinuesAPromptKeepsTheSpaceBetween() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteFallback(this.directory))) {
            int b = tokenizer.tokenId("\u2581b").orElseThrow();
            int[] prompt = tokenizer.encode("a a a a a a", true);
            assertThat(new TokenTextStream(tokenizer, prompt).push(b)).isEqualTo(" b");
            assertThat(new TokenTextStream(tokenizer, new int[] { 1 }).push(b)).isEqualTo("b");
            assertThat(new TokenTextStream(tokenizer, new int[0]).push(b)).isEqualTo("b");
            assertThat(new TokenTextStream(tokenizer).push(b)).isEqualTo("b");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 5, 6, 7, 40 })
    void streamWhenItContinuesFallbackBytesShowsCharactersWhole(int count) throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteFallback(this.directory))) {
            int[] prompt = tokenizer.encode("\u0928".repeat(count), true);
            int[] ids = tokenizer.encode("\uD83E\uDD99\u0928", false);
            int[] answer = Arrays.copyOfRange(ids, 1, ids.length); // without its blank
            for (Detokenizer stream : List.of(new WindowDetokenizer(tokenizer, prompt),
                    new ByteDetokenizer(tokenizer, prompt))) {
                assertThat(increments(stream, answer)).containsExactly("", "", "", "\uD83E\uDD99", "", "", "\u0928",
                        "");
            }
        }
    }

    @Test
    void streamWhenAFallbackByteIsInvalidKeepsTheCharactersAroundIt() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteFallback(this.directory))) {
            int[] llama = tokenizer.encode("\uD83E\uDD99", false);
            int[] ids = new int[3 * llama.length + 1];
            for (int i = 0; i < 3; i++) {
                System.arraycopy(llama, 1, ids, i * llama.length, llama.length - 1);
                ids[(i + 1) * llama.length - 1] = tokenizer.tokenId("<0xE4>").orElseThrow();
            }
            ids[ids.length - 1] = tokenizer.tokenId("\u2581a").orElseThrow();
            assertThat(String.join("", increments(tokenizer, ids))).isEqualTo("\uD83E\uDD99\uFFFD".repeat(3) + " a");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "tinyllama", "stories260K" })
    void tokensOfSentencePieceAreReadAsTheTokenizerReadsThem(String name) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(13L);
        try (TextTokenizer tokenizer = TextTokenizer.load(tokenizer(name))) {
            int first = tokenizer.tokenId("<0x80>").orElseThrow();
            int[] whole = IntStream.range(0, tokenizer.vocabularySize() + 5)
                .filter((id) -> id < first || id >= first + 0x80)
                .toArray();
            int[] blank = { 1, tokenizer.tokenId("\u2581").orElseThrow(), tokenizer.tokenId("<0x20>").orElseThrow() };
            for (int round = 0; round < 400; round++) {
                int[] ids = random.ints(random.nextInt(30), 0, whole.length).map((index) -> whole[index]).toArray();
                for (int i = 0; i < ids.length && random.nextInt(3) > 0; i++) {
                    ids[i] = blank[random.nextInt(blank.length)];
                }
                assertThat(String.join("", increments(tokenizer, ids))).as(Arrays.toString(ids))
                    .isEqualTo(tokenizer.decode(ids));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({ "true, 'a  b'", "false, ' a  b'" })
    void firstBlankIsKeptUnlessTheDecoderStripsIt(boolean strips, String text) throws IOException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode json = (ObjectNode) mapper.readTree(TinyTokenizer.byteFallback(this.directory).toFile());
        if (!strips) {
            ((ArrayNode) json.at("/decoder/decoders")).remove(3);
        }
        try (TextTokenizer tokenizer = TextTokenizer.load("tiny", mapper.writeValueAsBytes(json))) {
            assertThat(tokenizer.file().decoding().bytesOnly()).isTrue();
            int[] ids = tokenizer.encode("a  b", false);
            assertThat(String.join("", increments(tokenizer, ids))).isEqualTo(tokenizer.decode(ids)).isEqualTo(text);
        }
    }

    @Test
    void windowStaysSmallOverALongAnswer() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteFallback(this.directory))) {
            // Characters of 2, 3 and 4 fallback bytes: no cut of fixed length would
            // always lie between them.
            int[] ids = tokenizer.encode("\u00e9\u0928\uD83E\uDD99 ab".repeat(300), false);
            WindowDetokenizer stream = new WindowDetokenizer(tokenizer, new int[0]);
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append(stream.push(id));
                assertThat(stream.windowSize()).isLessThanOrEqualTo(32);
            }
            assertThat(text.append(stream.flush())).hasToString("\u00e9\u0928\uD83E\uDD99 ab".repeat(300));
        }
    }

    @ParameterizedTest
    @CsvSource({ "qwen2, qwen2.5", "llama-spm, tinyllama", "qwen2, minimind", "qwen2, stories260K" })
    void streamOfEncodedTextIsTheText(String oracle, String name) throws IOException {
        List<String> texts = new ArrayList<>(OracleTexts.texts(oracle));
        texts.add(SCRIPTS);
        texts.add(SCRIPTS.repeat(20));
        try (TextTokenizer tokenizer = TextTokenizer.load(tokenizer(name))) {
            for (String text : texts) {
                // Qwen's tokenizer composes characters.
                String normal = name.startsWith("qwen") ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
                assertThat(streamed(tokenizer, tokenizer.encode(text, false))).isEqualTo(normal);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "qwen2.5", "tinyllama", "minimind", "stories260K" })
    void streamOfRandomTextIsTheTextDecodedAtOnce(String name) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7L);
        int[][] blocks = { { 0x20, 0x7E }, { 0xA1, 0x24F }, { 0x400, 0x44F }, { 0x900, 0x939 }, { 0x4E00, 0x4F00 },
                { 0xAC00, 0xAD00 }, { 0x1F300, 0x1F5FF }, { 0x10330, 0x10340 } };
        try (TextTokenizer tokenizer = TextTokenizer.load(tokenizer(name))) {
            for (int round = 0; round < 40; round++) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(60); i > 0; i--) {
                    int[] block = blocks[random.nextInt(blocks.length)];
                    for (int run = 1 + random.nextInt(6); run > 0; run--) {
                        text.appendCodePoint(random.nextInt(block[0], block[1]));
                    }
                }
                int[] ids = tokenizer.encode(text.toString(), random.nextBoolean());
                assertThat(streamed(tokenizer, ids)).isEqualTo(tokenizer.decode(ids));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "qwen2.5", "tinyllama", "minimind", "stories260K" })
    void streamOfReplacementCharactersIsTheTextDecodedAtOnce(String name) {
        try (TextTokenizer tokenizer = TextTokenizer.load(tokenizer(name))) {
            for (int count : new int[] { 0, 1, 2, 3, 5, 8, 11, 30, 100 }) {
                for (String end : new String[] { "", "y", "\uD835\uDD18", "\u00e9", "\uD835\uDD18\uFFFD" }) {
                    String text = "x" + "\uFFFD".repeat(count) + end;
                    assertStreamed(tokenizer, tokenizer.encode(text, false), text);
                }
            }
        }
    }

    @Test
    void streamOfReplacementCharactersInBytesIsTheTextDecodedAtOnce() throws IOException {
        for (Path file : List.of(TinyTokenizer.byteLevel(this.directory), TinyTokenizer.byteFallback(this.directory))) {
            try (TextTokenizer tokenizer = TextTokenizer.load(file)) {
                for (int count = 0; count < 40; count++) {
                    String text = "a" + "\uFFFD".repeat(count) + "\uD835\uDD18b";
                    assertStreamed(tokenizer, tokenizer.encode(text, false), text);
                }
            }
        }
    }

    private static void assertStreamed(TextTokenizer tokenizer, int[] ids, String text) {
        List<String> increments = increments(tokenizer, ids);
        assertThat(String.join("", increments)).isEqualTo(tokenizer.decode(ids)).isEqualTo(text);
        assertThat(increments).filteredOn((increment) -> !increment.isEmpty()).allSatisfy((increment) -> {
            assertThat(Character.isLowSurrogate(increment.charAt(0))).isFalse();
            assertThat(Character.isHighSurrogate(increment.charAt(increment.length() - 1))).isFalse();
        });
    }

    private static Path tokenizer(String name) {
        return PublicData.require(name.startsWith("stories") ? "models/" + name : "tokenizers/" + name);
    }

    private static String streamed(TextTokenizer tokenizer, int[] ids) {
        List<String> increments = increments(tokenizer, ids);
        for (String increment : increments) {
            assertThat(increment).doesNotContain("\uFFFD");
            if (!increment.isEmpty()) {
                assertThat(Character.isLowSurrogate(increment.charAt(0))).isFalse();
                assertThat(Character.isHighSurrogate(increment.charAt(increment.length() - 1))).isFalse();
            }
        }
        return String.join("", increments);
    }

    @ParameterizedTest
    @ValueSource(strings = { "qwen2.5", "minimind" })
    void tokensOfBytesAreReadAsTheTokenizerReadsThem(String name) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11L);
        try (TextTokenizer tokenizer = TextTokenizer.load(tokenizer(name))) {
            assertThat(tokenizer.file().decoding().bytesOnly()).isTrue();
            int[] brief = shortTokens(tokenizer);
            for (int round = 0; round < 400; round++) {
                boolean any = random.nextBoolean();
                int[] ids = random.ints(1 + random.nextInt(30), 0, any ? tokenizer.vocabularySize() : brief.length)
                    .map((index) -> any ? index : brief[index])
                    .toArray();
                assertThat(String.join("", increments(tokenizer, ids))).as(Arrays.toString(ids))
                    .isEqualTo(tokenizer.decode(ids));
            }
        }
    }

    @Test
    void bytesOfAllKindsAreReadAsTheTokenizerReadsThem() throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(12L);
        int[] edges = { 0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED,
                0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF };
        try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizer.byteLevel(this.directory))) {
            assertThat(tokenizer.file().decoding().bytesOnly()).isTrue();
            for (int round = 0; round < 5_000; round++) {
                int[] ids = random.ints(1 + random.nextInt(12), 0, edges.length).map((edge) -> edges[edge]).toArray();
                assertThat(String.join("", increments(tokenizer, ids))).as(Arrays.toString(ids))
                    .isEqualTo(tokenizer.decode(ids));
            }
        }
    }

    /** Parts of characters and other tokens of one or two bytes. */
    private static int[] shortTokens(TextTokenizer tokenizer) {
        return IntStream.range(0, tokenizer.vocabularySize())
            .filter((id) -> tokenizer.bytes().of(id).length <= 2)
            .toArray();
    }

    private static List<String> increments(Detokenizer stream, int[] ids) {
        List<String> increments = new ArrayList<>();
        for (int id : ids) {
            increments.add(stream.push(id));
        }
        increments.add(stream.flush());
        return increments;
    }

    private static List<String> increments(TextTokenizer tokenizer, int[] ids) {
        TokenTextStream stream = new TokenTextStream(tokenizer);
        List<String> increments = new ArrayList<>();
        for (int id : ids) {
            increments.add(stream.push(id));
        }
        increments.add(stream.flush());
        return increments;
    }

}
