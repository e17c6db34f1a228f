package dev.cerberus.constrain;

import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Arguments between tags under schemas of more than one part.
 */
class TaggedArgumentsTests {

    private static final TaggedArguments.Tags TAGS = new TaggedArguments.Tags("<p=", ">", "</p>", Set.of());

    private static boolean allows(String schema, String text) {
        return SchemaCompiler
            .matches(TaggedArguments.compile(schema, TAGS, SchemaOptions.DEFAULT, new CompileBudget()).root(), text);
    }

    @Test
    void referencesAreToTheWholeSchema() {
        String tree = """
                {"type":"object","required":["children"],"properties":{
                 "children":{"type":"array","items":{"$ref":"#"}}}}""";
        assertThat(allows(tree, "<p=children>[{\"children\": []}]</p>")).isTrue();
        assertThat(allows(tree, "<p=children>[[]]</p>")).isFalse();
        String sibling = """
                {"type":"object","required":["a","b"],"properties":{
                 "a":{"type":"integer","maximum":5},"b":{"$ref":"#/properties/a"}}}""";
        assertThat(allows(sibling, "<p=a>3</p><p=b>5</p>")).isTrue();
        assertThat(allows(sibling, "<p=a>3</p><p=b>6</p>")).isFalse();
    }

    @Test
    void textsFulfilOneOfTheirAlternatives() {
        String schema = """
                {"type":"object","required":["host","unit"],"properties":{
                 "host":{"type":"string","anyOf":[{"format":"ipv4"},{"const":"localhost"}]},
                 "unit":{"type":"string","oneOf":[{"const":"C"},{"const":"F"}]},
                 "code":{"type":"string","allOf":[{"maxLength":3},{"pattern":"^[a-z]*$"}]}}}""";
        assertThat(allows(schema, "<p=host>localhost</p><p=unit>F</p><p=code>abc</p>")).isTrue();
        assertThat(allows(schema, "<p=host>127.0.0.1</p><p=unit>C</p>")).isTrue();
        assertThat(allows(schema, "<p=host>elsewhere</p><p=unit>C</p>")).isFalse();
        assertThat(allows(schema, "<p=host>localhost</p><p=unit>K</p>")).isFalse();
        assertThat(allows(schema, "<p=host>localhost</p><p=unit>F</p><p=code>abcd</p>")).isFalse();
        assertThat(allows(schema, "<p=host>localhost</p><p=unit>F</p><p=code>A</p>")).isFalse();
    }

}
