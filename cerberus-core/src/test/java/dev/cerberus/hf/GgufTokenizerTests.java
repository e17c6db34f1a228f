package dev.cerberus.hf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cerberus.testing.GgufBuilder;
import dev.cerberus.text.TextTokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GgufTokenizerTests {

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    private Path file() {
        return this.directory.resolve("tiny.gguf");
    }

    private void assertRefused(GgufBuilder builder, String... parts) {
        GgufModel model = GgufModel.open(builder.write(file()));
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(model::tokenizerJson)
            .withMessageContaining("tiny.gguf")
            .withMessageContainingAll(parts);
    }

    @Test
    void tokenizersThatAreDamagedOrUnknownAreRefused() {
        assertRefused(GgufBuilder.model("llama").remove("tokenizer.ggml.tokens"), "holds no tokenizer");
        assertRefused(GgufBuilder.model("llama").put("tokenizer.ggml.model", "bert"), "kind bert");
        assertRefused(GgufBuilder.model("llama").put("tokenizer.ggml.pre", "exotic"), "rule exotic", "llama-bpe");
        assertRefused(GgufBuilder.model("llama").put("tokenizer.ggml.model", "llama"),
                "0 values of tokenizer.ggml.scores for 16 tokens");
        assertRefused(GgufBuilder.model("llama").put("tokenizer.ggml.token_type", new int[] { 1 }),
                "1 values of tokenizer.ggml.token_type for 16 tokens");
        assertRefused(GgufBuilder.model("llama").put("tokenizer.ggml.merges", List.of("ab")), "merge 0");
        assertRefused(GgufBuilder.model("llama")
            .put("tokenizer.ggml.tokens", List.of("a", "b", "a"))
            .put("tokenizer.ggml.token_type", new int[] { 1, 1, 1 }), "the tokens 0 and 2");
    }

    @Test
    void tokenizerIsWrittenAsHuggingFaceDoes() throws IOException {
        JsonNode json = new JsonMapper()
            .readTree(GgufModel.open(GgufBuilder.model("llama").put("tokenizer.ggml.add_bos_token", true).write(file()))
                .tokenizerJson());
        assertThat(json.at("/model/vocab/abcd").intValue()).isEqualTo(15);
        assertThat(json.at("/model/merges/1/0").textValue()).isEqualTo("ab");
        assertThat(json.at("/added_tokens/1/content").textValue()).isEqualTo("</s>");
        assertThat(json.at("/added_tokens")).hasSize(2);
        assertThat(json.at("/post_processor/special_tokens/<s>/ids/0").intValue()).isZero();
    }

    @ParameterizedTest
    @CsvSource({ "llama-bpe, true", "tekken, true", "smaug-bpe, false", "qwen2, false", "dbrx, false" })
    void textsBeginWithBosWhereFilesOfThisRuleDoUnlessTheySayOtherwise(String rule, boolean expected)
            throws IOException {
        GgufBuilder builder = GgufBuilder.model("llama")
            .remove("tokenizer.ggml.add_bos_token")
            .put("tokenizer.ggml.pre", rule);
        JsonNode json = new JsonMapper().readTree(GgufModel.open(builder.write(file())).tokenizerJson());
        assertThat(json.has("post_processor")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({ "qwen2, true", "command-r, true", "smollm, false", "llama-bpe, false" })
    void textsAreComposedWhereTheTokenizersOfThisRuleDoIt(String rule, boolean expected) throws IOException {
        GgufBuilder builder = GgufBuilder.model("llama").put("tokenizer.ggml.pre", rule);
        JsonNode json = new JsonMapper().readTree(GgufModel.open(builder.write(file())).tokenizerJson());
        assertThat(json.at("/normalizer/type").asText()).isEqualTo(expected ? "NFC" : "");
    }

    /*
     * What stands together is merged unless a word ends between, and the words are those
     * of the models' own tokenizer.json: that of DeepSeek LLM lists its letters, and the
     * ordinal of Spanish is none of them. G is a blank here, C a line feed.
     */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"',
            value = { "deepseek-coder; aa aa; aa.Gaa", "deepseek-llm; aa aa; aa.Gaa", "deepseek-coder; a  a; a.G.Ga",
                    "deepseek-llm; a  a; a.G.Ga", "deepseek-coder; a11; a.1.1", "deepseek-llm; a11; a.1.1",
                    "deepseek-coder; \"\n\n\"; C.C", "deepseek-llm; \"\n\n\"; C.C", "deepseek-coder; a!! !; a.!!.G!",
                    "deepseek-llm; a!! !; a.!!.G!", "deepseek-coder; \"a==  \"; a.==GG",
                    "deepseek-llm; \"a==  \"; a.==.GG", "deepseek-coder; a\u00AA; a\u00C2\u00AA",
                    "deepseek-llm; a\u00AA; a.\u00C2\u00AA", "deepseek-coder; ==\u4E00; ==.\u00E4\u00B8\u0122",
                    "deepseek-llm; ==\u4E00; ==.\u00E4\u00B8\u0122" })
    void wordsOfDeepSeekAreCutAsItsOwnFilesDo(String rule, String text, String expected) throws IOException {
        List<String> merges = List.of("a a", "1 1", "! !", "= =", "\u0120 \u0120", "== \u0120\u0120", "\u0120 aa",
                "\u0120 a", "\u0120 !", "\u010A \u010A", "\u00C2 \u00AA", "a \u00C2\u00AA", "\u00E4 \u00B8",
                "\u00E4\u00B8 \u0122", "== \u00E4\u00B8\u0122");
        Set<String> tokens = new LinkedHashSet<>(List.of("<s>", "</s>"));
        merges.forEach(
                (merge) -> merge.chars().filter((c) -> c != ' ').mapToObj(Character::toString).forEach(tokens::add));
        merges.forEach((merge) -> tokens.add(merge.replace(" ", "")));
        List<String> all = List.copyOf(tokens);
        int[] types = new int[all.size()];
        Arrays.setAll(types, (id) -> (id < 2) ? 3 : 1);
        GgufBuilder builder = GgufBuilder.model("llama")
            .put("tokenizer.ggml.pre", rule)
            .put("tokenizer.ggml.tokens", all)
            .put("tokenizer.ggml.token_type", types)
            .put("tokenizer.ggml.merges", merges);
        byte[] json = GgufModel.open(builder.write(file())).tokenizerJson();
        try (TextTokenizer tokenizer = TextTokenizer.load("deepseek", json)) {
            String words = Arrays.stream(tokenizer.encode(text, false))
                .mapToObj(all::get)
                .collect(Collectors.joining("."));
            assertThat(words.replace('\u0120', 'G').replace('\u010A', 'C')).isEqualTo(expected);
        }
    }

    @Test
    void lettersOfDeepSeekAreAsManyAsItsFileLists() {
        Pattern letter = Pattern.compile(GgufPreTokenizer.of("deepseek-llm").orElseThrow().splits().get(1));
        int[] letters = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter((c) -> letter.matcher(Character.toString(c)).matches())
            .toArray();
        assertThat(letters).hasSize(2729).contains('A', 0x1FBE, 0x2126, 0x212A, 0x10400, 0x1E943);
        assertThat(letters).doesNotContain(0xAA, 0x294, 0x4E00);
        assertThat(Arrays.stream(letters).filter(Character::isDefined))
            .allMatch((c) -> Character.isLowerCase(c) || Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    /*
     * As tokenizer.json of Phi-3 and 3.5 has it; that of Phi-4 has nothing of the kind.
     */
    @ParameterizedTest
    @CsvSource({ "phi3, llama, true", "phi3, gpt2, false", "llama, llama, false" })
    void tokensOfTurnsTakeTheBlanksBehindThemInPhi3(String architecture, String tokenizer, boolean expected)
            throws IOException {
        List<String> tokens = List.of("<unk>", "<s>", "</s>", "<|endoftext|>", "<|user|>", "<|end|>", "a", "b");
        GgufBuilder builder = GgufBuilder.model(architecture)
            .put("tokenizer.ggml.model", tokenizer)
            .put("tokenizer.ggml.tokens", tokens)
            .put("tokenizer.ggml.scores", new float[tokens.size()])
            .put("tokenizer.ggml.token_type", new int[] { 2, 3, 4, 3, 3, 3, 1, 1 })
            .put("tokenizer.ggml.merges", List.of());
        JsonNode json = new JsonMapper().readTree(GgufModel.open(builder.write(file())).tokenizerJson());
        for (JsonNode token : json.get("added_tokens")) {
            boolean ofTurns = List.of("</s>", "<|user|>", "<|end|>").contains(token.get("content").textValue());
            assertThat(token.get("rstrip").booleanValue()).as(token.toString()).isEqualTo(expected && ofTurns);
        }
    }

}
