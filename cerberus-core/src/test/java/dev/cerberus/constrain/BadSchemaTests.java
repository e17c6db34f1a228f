package dev.cerberus.constrain;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Schemas that are wrong, contradict themselves or are too large.
 */
class BadSchemaTests {

    private static Grammar compile(String schema) {
        return SchemaCompiler.compile(schema, SchemaOptions.DEFAULT, new CompileBudget());
    }

    private static boolean allows(String schema, String json) {
        return SchemaCompiler.matches(compile(schema).root(), json);
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"%s\":1}", "{\"type\":\"%s\"}", "{\"minLength\":\"%s\"}", "{\"$ref\":\"%s\"}",
            "{\"type\":\"string\",\"format\":\"%s\"}", "{\"pattern\":\"\\\\p{%s}\"}", "{\"allOf\":[\"%s\"]}" })
    void messagesShowTheBeginningOfWhatIsLong(String schema) {
        assertThatExceptionOfType(ConstraintException.class)
            .isThrownBy(() -> compile(schema.formatted("x".repeat(100_000))))
            .satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(1_000));
    }

    @Test
    void placesThatAreCutSaySo() {
        String schema = "{\"properties\":{\"" + "a".repeat(400) + "\":{\"type\":\"foo\"}}}";
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile(schema))
            .withMessageEndingWith("aaa…");
    }

    @Test
    void listedObjectsOfASchemaThatRefersToItselfAreFound() {
        String schema = """
                {"enum": [{}, {"a": {}}, {"a": {"a": {}}}, {"a": {"a": {"a": 1}}}, {"b": 1}],
                 "properties": {"a": {"$ref": "#"}, "b": false}}""";
        assertThat(allows(schema, "{}")).isTrue();
        assertThat(allows(schema, "{\"a\": {}}")).isTrue();
        assertThat(allows(schema, "{\"a\": {\"a\": {}}}")).isTrue();
        assertThat(allows(schema, "{\"a\": {\"a\": {\"a\": 1}}}")).isFalse();
        assertThat(allows(schema, "{\"b\": 1}")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            textBlock = """
                    {"type":"string","minLength":5,"maxLength":3}                                  | can not be fulfilled | #
                    {"type":"integer","minimum":5,"maximum":3}                                     | can not be fulfilled | #
                    {"type":"object","required":["a"],"properties":{"a":false}}                    | can not be fulfilled | #
                    {"type":"object","required":["a"],"properties":{"a":{"type":"string","pattern":"^a$","minLength":2}}} | can not be fulfilled | #/properties/a
                    {"type":"object","required":["a"],"properties":{"a":{"$ref":"#"}}}             | no finite instance   | #
                    {"type":"object","minProperties":2,"maxProperties":1,"properties":{"a":{},"b":{}}} | can not be fulfilled | #
                    {"allOf":[{"minProperties":1},{"maxProperties":0}],"type":"object"}            | can not be fulfilled | #
                    {"type":"string","minLength":200000000}                                        | 'minLength'          | #
                    {"allOf":[{"type":"string"},{"type":"integer"}]}                               | can not be fulfilled | #
                    {"enum":[]}                                                                    | can not be fulfilled | #
                    {"type":"array","items":{"type":"array","uniqueItems":true}}                   | 'uniqueItems'        | #/items
                    {"properties":{"a":{"if":{}}}}                                                 | 'if'                 | #/properties/a
                    {"properties":{"a":{"type":"strin"}}}                                          | 'strin'              | #/properties/a
                    {"$ref":"#/$defs/missing"}                                                     | '#/$defs/missing'    | #
                    {"$ref":"https://example.com/schema"}                                          | 'https://example.com/schema' | #
                    {"properties":{"a":{"pattern":"(?=x)"}}}                                       | look-around          | #/properties/a
                    {"minLength":-1}                                                               | 'minLength'          | #
                    {"properties":[]}                                                              | 'properties'         | #
                    {"anyOf":[]}                                                                   | 'anyOf'              | #
                    {"properties":{"a":7}}                                                         | 7 stands where a schema must stand | 7
                    {"oneOf":[{"type":"number"},{"type":"integer"}]}                               | 'oneOf'              | #
                    {"type":"number","multipleOf":0}                                               | multipleOf           | #
                    [1]                                                                            | an object or a boolean | ARRAY
                    {"type":                                                                       | not JSON             | line 1
                    {} {}                                                                          | not JSON             | line 1
                    """)
    void wrongSchemasAreRefusedWithTheReasonAndThePlace(String schema, String reason, String place) {
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile(schema))
            .withMessageContaining(reason)
            .withMessageContaining(place);
    }

    @Test
    void refusalsAreShortHoweverLongWhatIsRefusedIs() {
        String deep = "{\"const\": " + "[".repeat(400) + "]".repeat(400) + "}";
        assertThatThrownBy(() -> SchemaSource.read(deep)).isInstanceOf(ConstraintException.class)
            .hasMessageContaining("nested more than 200 deep");
        String brackets = "(".repeat(20_000) + "a";
        assertThatThrownBy(() -> RegexParser.parse(brackets, new CompileBudget()))
            .isInstanceOf(ConstraintException.class)
            .satisfies((refusal) -> assertThat(refusal.getMessage()).hasSizeLessThan(500).contains("((…'"));
    }

    @Test
    void listedObjectsAreEqualInAnyOrderOfTheirNames() {
        String schema = """
                {"enum": [{"a": {"x": 1, "y": [{"p": 0, "q": 2.0}]}}, {"a": {"x": 2, "y": []}}],
                 "properties": {"a": {"const": {"y": [{"q": 2, "p": 0}], "x": 1}}}}""";
        assertThat(allows(schema, "{\"a\": {\"x\": 1, \"y\": [{\"p\": 0, \"q\": 2}]}}")).isTrue();
        assertThat(allows(schema, "{\"a\": {\"x\": 2, \"y\": []}}")).isFalse();
    }

    @Test
    void recursionThatCanEndIsNoFault() {
        String schema = """
                {"type":"object","properties":{"next":{"$ref":"#"},"n":{"type":"integer"}},"required":["n"]}""";
        assertThat(allows(schema, "{\"next\": {\"next\": {\"n\": 1}, \"n\": 2}, \"n\": 3}")).isTrue();
        assertThat(allows(schema, "{\"next\": {\"next\": {}, \"n\": 2}, \"n\": 3}")).isFalse();
    }

    @Test
    void impossiblePartsAreLeftOut() {
        String schema = """
                {"anyOf":[{"type":"object","required":["a"],"properties":{"a":false}},
                          {"type":"array","items":false},
                          {"type":"object","properties":{"a":false,"b":{"const":1}}}]}""";
        assertThat(allows(schema, "[]")).isTrue();
        assertThat(allows(schema, "[1]")).isFalse();
        assertThat(allows(schema, "{\"b\": 1}")).isTrue();
        assertThat(allows(schema, "{\"a\": 1}")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = { 1_000, 107_374_182, 1_073_741_823, Integer.MAX_VALUE - 1, Integer.MAX_VALUE })
    void stringsMayBeLimitedToAnyLength(int most) {
        String schema = "{\"type\":\"string\",\"maxLength\":" + most + "}";
        assertThat(allows(schema, "\"" + "a".repeat(1_000) + "\"")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({ "uri, urn:isbn:0451450523", "uri, http://localhost:18080/x", "ipv6, ::1", "email, Jörg@example.com",
            "date-time, 2024-01-01T00:00:00+14:30" })
    void valuesThatAreListedNeedNoUsualSpellingOfTheirFormat(String format, String value) {
        for (String listed : List.of("\"const\":\"@\"", "\"enum\":[\"other\",\"@\"]")) {
            String schema = "{\"type\":\"string\",\"format\":\"" + format + "\"," + listed.replace("@", value) + "}";
            assertThat(allows(schema, "\"" + value + "\"")).isTrue();
        }
        assertThat(allows("{\"minLength\":3,\"format\":\"uri\",\"enum\":[\"a:\",\"a:b\"]}", "\"a:\"")).isFalse();
    }

    @Test
    void schemasOfThousandsOfKeywordsCompile() {
        String properties = IntStream.range(0, 1500)
            .mapToObj((i) -> "\"p" + i + "\":{\"type\":\"string\",\"maxLength\":" + (i % 7 + 1) + ",\"minLength\":1}")
            .collect(Collectors.joining(","));
        String schema = "{\"type\":\"object\",\"properties\":{" + properties + "}}";
        assertThat(allows(schema, "{\"p3\": \"abc\", \"p1499\": \"x\"}")).isTrue();
        assertThat(allows(schema, "{\"p3\": \"abcdefghi\"}")).isFalse();
    }

    @Test
    void tenThousandValuesCompile() {
        String values = IntStream.range(0, 10_000)
            .mapToObj((i) -> "\"value-" + i * 7919 + "\"")
            .collect(Collectors.joining(","));
        assertThat(allows("{\"enum\":[" + values + "]}", "\"value-79182081\"")).isTrue();
        assertThat(allows("{\"enum\":[" + values + "]}", "\"value-1\"")).isFalse();
    }

    @Test
    void whatTakesTooLongIsRefusedInTime() {
        // Sixteen alternatives, squared again and again.
        String choice = IntStream.range(0, 16)
            .mapToObj((i) -> "{\"required\":[\"r" + i + "\"]}")
            .collect(Collectors.joining(",", "{\"anyOf\":[", "]}"));
        String schema = "{\"allOf\":[" + String.join(",", Collections.nCopies(6, choice)) + "]}";
        long start = System.nanoTime();
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(
                () -> SchemaCompiler.compile(schema, SchemaOptions.DEFAULT, new CompileBudget(Duration.ofMillis(300))));
        String deep = "{\"items\":".repeat(5_000) + "{}" + "}".repeat(5_000);
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile(deep));
        String pattern = "{\"type\":\"string\",\"pattern\":\"(a|b)*a(a|b){30}$\"}";
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile(pattern));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void namesAreWrittenAsJson() {
        String schema = """
                {"type":"object","required":["say \\"hi\\"","\\ud83d\\ude00","a\\\\b","\\n"],
                 "additionalProperties":{"const":1}}""";
        assertThat(allows(schema, "{\"say \\\"hi\\\"\": 1, \"\uD83D\uDE00\": 1, \"a\\\\b\": 1, \"\\n\": 1}")).isTrue();
        assertThat(allows(schema, "{\"say \\\"hi\\\"\": 1, \"\uD83D\uDE00\": 1, \"a\\\\b\": 1}")).isFalse();
    }

    @Test
    void halfASurrogatePairIsEscaped() {
        String schema = "{\"type\":\"object\",\"required\":[\"\\ud800\"],\"additionalProperties\":{\"const\":1}}";
        assertThat(allows(schema, "{\"\\ud800\": 1}")).isTrue();
        assertThat(allows(schema, "{\"?\": 1}")).isFalse();
    }

    @Test
    void openObjectsHaveOtherPropertiesWhereTheSchemaSaysSo() {
        assertThat(allows("{\"type\":\"object\",\"properties\":{\"a\":{}}}", "{\"b\": 1}")).isFalse();
        assertThat(
                allows("{\"type\":\"object\",\"properties\":{\"a\":{}},\"additionalProperties\":true}", "{\"b\": 1}"))
            .isTrue();
        assertThat(allows("{\"type\":\"object\"}", "{\"b\": 1}")).isTrue();
        assertThat(allows("{\"type\":\"object\",\"properties\":{}}", "{\"b\": 1}")).isFalse();
    }

    @Test
    void alternativesThatExcludeEachOtherOnlyBecauseOfWhatIsLeftOutAreRefused() {
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> compile("""
                {"oneOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},
                          {"type":"object","properties":{"b":{"type":"string"}}}]}"""))
            .withMessageContaining("'oneOf'");
    }

}
