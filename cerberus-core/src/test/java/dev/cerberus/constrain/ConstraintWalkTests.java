package dev.cerberus.constrain;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Answers of tokens chosen at random among those allowed: each parses and fulfils its
 * schema in the eyes of another validator.
 */
class ConstraintWalkTests {

    private static final JsonMapper JSON = new JsonMapper();

    private static final SchemaRegistry VALIDATORS = SchemaRegistry
        .withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private static List<JsonNode> schemas() throws IOException {
        try (InputStream in = ConstraintWalkTests.class.getResourceAsStream("schemas.json")) {
            List<JsonNode> schemas = new ArrayList<>();
            JSON.readTree(in).forEach(schemas::add);
            return schemas;
        }
    }

    @Test
    void everyAnswerOfASmallVocabularyIsValid() throws IOException {
        assertThat(walk(TestVocabularies.small(), 60, true)).isGreaterThan(50 * 60 * 9 / 10);
    }

    @ParameterizedTest
    @CsvSource({ "minimind,<|im_end|>,20", "tinyllama,</s>,10", "qwen2.5,<|im_end|>,4" })
    void everyAnswerOfAPublicVocabularyIsValid(String tokenizer, String end, int answers) throws IOException {
        assertThat(walk(TestVocabularies.of(tokenizer, end), answers, false)).isGreaterThan(50 * answers * 9 / 10);
    }

    /** However the answer goes, it is whole when its tokens are used up. */
    @Test
    void everyAnswerCanBeBroughtToItsEndInTime() throws IOException {
        TokenVocabulary vocabulary = TestVocabularies.small();
        SplittableRandom random = new SplittableRandom(11);
        for (JsonNode schema : schemas()) {
            Grammar grammar = SchemaCompiler.compile(schema.toString(), SchemaOptions.DEFAULT, new CompileBudget());
            Constraints constraints = new Constraints(grammar, vocabulary, false);
            Schema validator = VALIDATORS.getSchema(schema.toString(), InputFormat.JSON);
            int least = leastTokens(constraints.start());
            for (int spare : new int[] { 0, 1, 7, 40 }) {
                String json = hurriedAnswer(constraints.start(), vocabulary, random, least + spare);
                assertThat(validator.validate(json, InputFormat.JSON,
                        (context) -> context.executionConfig((config) -> config.formatAssertionsEnabled(true))))
                    .as("%s under %s", json, schema)
                    .isEmpty();
            }
        }
    }

    /** Bytes but for some, a character, and an end. */
    private static TokenVocabulary without(Integer... bytes) {
        List<byte[]> texts = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            texts.add(List.of(bytes).contains(b) ? new byte[0] : new byte[] { (byte) b });
        }
        texts.add("é".getBytes(StandardCharsets.UTF_8));
        texts.add(new byte[0]);
        return new TokenVocabulary(texts.toArray(new byte[0][]), Set.of(texts.size() - 1));
    }

    @Test
    void charactersAreWrittenByteByByteWhereTheyCanBeEnded() {
        TokenConstraint emoji = new Constraints(Grammar.literal("🙂"), without(0x04, 0xF1), false).start();
        assertThat(written(emoji, "🙂").isComplete()).isTrue();
        assertThat(emoji.allowed().size()).isEqualTo(1);
    }

    /** A set of them has another order in every JVM. */
    @Test
    void theFirstOfSeveralEndsIsTheOneThatClosesAnAnswer() {
        byte[][] texts = new byte[300][];
        Set<Integer> ends = new HashSet<>();
        for (int token = 0; token < texts.length; token++) {
            texts[token] = (token == 0) ? new byte[] { 'a' } : new byte[0];
            if (token >= 200) {
                ends.add(token);
            }
        }
        TokenConstraint start = new Constraints(Grammar.regex("a*", new CompileBudget()),
                new TokenVocabulary(texts, ends), false)
            .start();
        assertThat(start.closing()).hasValue(200);
    }

    @Test
    void tokensOfHalfACharacterAreLeftOutAlikeWhereBytesAreMissing() {
        TokenVocabulary vocabulary = without(0xAA);
        TokenMask mask = string(vocabulary).allowed();
        for (int token = 0; token < vocabulary.size(); token++) {
            // a state that has not found its mask yet looks at the token's text
            assertThat(string(vocabulary).allows(token)).as("token %s", token).isEqualTo(mask.contains(token));
        }
        assertThat(mask.contains(0xC3)).isFalse();
        assertThat(mask.contains(256)).isTrue();
    }

    private static TokenConstraint string(TokenVocabulary vocabulary) {
        Grammar grammar = SchemaCompiler.compile("{\"type\": \"string\"}", SchemaOptions.DEFAULT, new CompileBudget());
        return new Constraints(grammar, vocabulary, false).start().after('"');
    }

    @Test
    void whatIsBegunInFreeTextCanBeEndedToo() {
        Grammar call = Grammar.sequence(
                SchemaCompiler.compile("{\"type\": \"string\"}", SchemaOptions.DEFAULT, new CompileBudget()),
                Grammar.literal("</tool_call>"));
        TokenVocabulary vocabulary = TestVocabularies.small();
        TokenConstraint text = written(
                new Constraints(Grammar.text("<tool_call>", call, true), vocabulary, false).start(), "Well ");
        assertThat(text.canEndWithin(0)).isTrue();
        assertThat(vocabulary.ends()).contains(text.closing().orElseThrow());
        TokenConstraint at = written(text, "<tool_call>\"abc");
        // a quote and the marker, some of whose bytes are in one token
        assertThat(at.canEndWithin(2)).isFalse();
        assertThat(at.canEndWithin(1 + "</tool_call>".length())).isTrue();
    }

    /** In the small vocabulary a byte is its token. */
    private static TokenConstraint written(TokenConstraint start, String text) {
        TokenConstraint at = start;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            at = at.after(b & 0xFF);
        }
        return at;
    }

    private static int leastTokens(TokenConstraint start) {
        int tokens = 1;
        while (!start.canEndWithin(tokens)) {
            tokens++;
            assertThat(tokens).isLessThan(500);
        }
        assertThat(start.canEndWithin(0)).isFalse();
        return tokens;
    }

    private static String hurriedAnswer(TokenConstraint start, TokenVocabulary vocabulary, SplittableRandom random,
            int most) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        TokenConstraint at = start;
        for (int left = most - 1; left >= 0 && !at.isComplete(); left--) {
            int[] allowed = at.allowed().tokens().toArray();
            int token = allowed[random.nextInt(allowed.length)];
            if (!vocabulary.ends().contains(token) && !at.after(token).canEndWithin(left)) {
                token = at.closing().orElseThrow();
            }
            if (vocabulary.ends().contains(token)) {
                return text.toString(StandardCharsets.UTF_8);
            }
            text.writeBytes(vocabulary.text(token));
            at = at.after(token);
        }
        assertThat(at.canEndWithin(0)).as("is '%s' whole?", text).isTrue();
        return text.toString(StandardCharsets.UTF_8);
    }

    private static int walk(TokenVocabulary vocabulary, int answers, boolean checkMasks) throws IOException {
        int[] closing = closing(vocabulary);
        int whole = 0;
        SplittableRandom random = new SplittableRandom(7);
        for (JsonNode schema : schemas()) {
            Grammar grammar = SchemaCompiler.compile(schema.toString(), SchemaOptions.DEFAULT, new CompileBudget());
            Constraints constraints = new Constraints(grammar, vocabulary, false);
            Schema validator = VALIDATORS.getSchema(schema.toString(), InputFormat.JSON);
            for (int i = 0; i < answers; i++) {
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                if (answer(constraints.start(), vocabulary, closing, random, text, checkMasks)) {
                    whole++;
                    String json = text.toString(StandardCharsets.UTF_8);
                    assertThat(JSON.readTree(json)).as(json).isNotNull();
                    assertThat(validator.validate(json, InputFormat.JSON,
                            (context) -> context.executionConfig((config) -> config.formatAssertionsEnabled(true))))
                        .as("%s under %s", json, schema)
                        .isEmpty();
                }
            }
        }
        return whole;
    }

    /** Returns the tokens that bring strings, objects and arrays to an end. */
    private static int[] closing(TokenVocabulary vocabulary) {
        List<Integer> closing = new ArrayList<>();
        for (int token = 0; token < vocabulary.size(); token++) {
            byte[] text = vocabulary.text(token);
            if (text.length > 0 && "\"}]".indexOf(text[0]) >= 0) {
                closing.add(token);
            }
        }
        closing.addAll(vocabulary.ends());
        return closing.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean answer(TokenConstraint start, TokenVocabulary vocabulary, int[] closing,
            SplittableRandom random, ByteArrayOutputStream text, boolean checkMasks) {
        TokenConstraint at = start;
        for (int count = 0; count < 400; count++) {
            if (at.isComplete()) {
                return true;
            }
            int token = choose(at, closing, random, count, checkMasks, vocabulary);
            if (vocabulary.ends().contains(token)) {
                return true;
            }
            text.writeBytes(vocabulary.text(token));
            at = at.after(token);
        }
        return false;
    }

    private static int choose(TokenConstraint at, int[] closing, SplittableRandom random, int count, boolean checkMasks,
            TokenVocabulary vocabulary) {
        if (checkMasks && count < 6) {
            TokenConstraint known = at;
            boolean[] one = new boolean[vocabulary.size()];
            for (int token = 0; token < one.length; token++) {
                one[token] = known.allows(token);
            }
            TokenMask mask = known.allowed();
            for (int token = 0; token < one.length; token++) {
                assertThat(mask.contains(token)).as("token %s", token).isEqualTo(one[token]);
            }
        }
        int[] allowed = at.allowed().tokens().toArray();
        assertThat(allowed).as("a dead end").isNotEmpty();
        assertThat(at.allowed().size()).isEqualTo(allowed.length);
        at.forced().ifPresent((forced) -> assertThat(at.allows(forced)).isTrue());
        if (count > 15 && random.nextInt(10) < 7) {
            int[] ends = Arrays.stream(closing).filter(at::allows).toArray();
            if (ends.length > 0) {
                return ends[random.nextInt(ends.length)];
            }
        }
        return allowed[random.nextInt(allowed.length)];
    }

}
