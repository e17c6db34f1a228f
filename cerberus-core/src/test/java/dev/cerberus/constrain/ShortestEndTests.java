package dev.cerberus.constrain;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ShortestEndTests {

    private static final String RECURSIVE = """
            {"type": "object", "additionalProperties": false, "required": ["x", "y"],
             "properties": {"x": {"$ref": "#/$defs/list"}, "y": {"$ref": "#/$defs/node"}},
             "$defs": {
               "node": {"type": "object", "additionalProperties": false, "required": ["of"],
                        "properties": {"of": {"$ref": "#/$defs/list"}}},
               "list": {"anyOf": [{"type": "array", "minItems": 1, "maxItems": 1,
                                   "items": {"anyOf": [{"$ref": "#/$defs/node"}, {"const": 1}]}},
                                  {"const": "a rather long text"}]}}}""";

    private final ShortestEnd shortestEnd = new ShortestEnd();

    @Test
    void partsThatContainEachOtherAreAsShortInWhateverOrderTheyAreAskedFor() {
        Reading start = start(RECURSIVE);
        String whole = "{\"x\":[1],\"y\":{\"of\":[1]}}";
        String later = "{\"x\":[1],\"y\":";
        assertThat(bytes(start, "{")).isEqualTo(whole.length() - 1);
        assertThat(bytes(start, later)).isEqualTo(whole.length() - later.length());
        ShortestEnd another = new ShortestEnd();
        assertThat(another.bytes(after(start, later))).isEqualTo(whole.length() - later.length());
        assertThat(another.bytes(after(start, "{"))).isEqualTo(whole.length() - 1);
    }

    @Test
    void listsOfManyHaveAnEnd() {
        Reading start = start("{\"type\": \"array\", \"items\": {\"type\": \"boolean\"}, \"minItems\": 3000}");
        assertThat(bytes(start, "[")).isEqualTo(3000 * "true,".length());
        assertThat(bytes(start, "[false")).isEqualTo(2999 * ",true".length() + 1);
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 1, 3, 1_000, 10_000, 2_000_000 })
    void longStringsHaveAnEnd(int characters) {
        Reading start = start("{\"type\": \"array\", \"items\": {\"type\": \"string\", \"minLength\": " + characters
                + ", \"maxLength\": 2000001}, \"minItems\": 1}");
        assertThat(bytes(start, "[")).isEqualTo(characters + 3);
        assertThat(bytes(start, "[\"")).isEqualTo(characters + 2);
        assertThat(bytes(start, "[\"\\")).isEqualTo(Math.max(characters, 1) + 2);
        assertThat(bytes(start, "[\"é")).isEqualTo(Math.max(characters, 1) + 1);
    }

    @Test
    void longStringsOfAPatternHaveAnEnd() {
        Reading start = start("{\"type\": \"string\", \"minLength\": 6000, \"pattern\": \"^[a-z\\\\n]*$\"}");
        assertThat(bytes(start, "")).isEqualTo(6002);
        assertThat(bytes(start, "\"ac")).isEqualTo(5999);
    }

    @Test
    void whatHoldsItselfForEverHasNoEnd() {
        Symbols.Choice endless = new Symbols.Choice();
        endless.or(Symbols.literal("a"), endless);
        Symbol choice = new Symbols.Choice().or(endless).or(Symbols.literal("bcd"));
        assertThat(this.shortestEnd.bytes(Reading.of(endless))).isEqualTo(ShortestEnd.NO_END);
        assertThat(this.shortestEnd.bytes(Reading.of(choice))).isEqualTo(3);
    }

    private int bytes(Reading start, String written) {
        return this.shortestEnd.bytes(after(start, written));
    }

    private static Reading start(String schema) {
        return Reading
            .of(SchemaCompiler.compile(schema, new SchemaOptions(JsonLayout.COMPACT, false, false), new CompileBudget())
                .root());
    }

    private static Reading after(Reading start, String written) {
        Reading at = start;
        for (byte b : written.getBytes(StandardCharsets.UTF_8)) {
            at = at.after(b & 0xFF);
        }
        return at;
    }

}
