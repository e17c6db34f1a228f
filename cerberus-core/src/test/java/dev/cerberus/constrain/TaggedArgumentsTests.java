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

}
