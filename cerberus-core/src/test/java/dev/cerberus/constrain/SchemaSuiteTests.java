package dev.cerberus.constrain;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The JSON Schema Test Suite: what compiles judges every instance rightly.
 */
class SchemaSuiteTests {

    private static final JsonMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .build();

    /**
     * Valid instances that are not written: constants have one order of names, formats
     * are kept though the draft only notes them, and a vocabulary can not switch keywords
     * off.
     */
    private static final Set<String> NOT_WRITTEN = Set.of(
            "const.json: same object with different property order is valid",
            "vocabulary.json: no validation: invalid number, but it still validates");

    private final Map<String, Integer> refused = new TreeMap<>();

    private final List<String> allowedWrongly = new ArrayList<>();

    private final List<String> forbiddenWrongly = new ArrayList<>();

    private int right;

    private static Path folder() throws URISyntaxException {
        return Path.of(SchemaSuiteTests.class.getResource("/json-schema-test-suite/LICENSE").toURI()).getParent();
    }

    @Test
    void instancesAreJudgedAsTheSuiteSays() throws IOException, URISyntaxException {
        judge(new SchemaOptions(JsonLayout.SPACED, true, true));
        assertThat(this.allowedWrongly).isEmpty();
        assertThat(this.forbiddenWrongly).filteredOn((each) -> !each.startsWith("format.json"))
            .containsExactlyInAnyOrderElementsOf(NOT_WRITTEN);
        assertThat(this.right).isGreaterThan(680);
        assertThat(this.refused.keySet()).containsExactlyInAnyOrder("$dynamicAnchor", "$dynamicRef", "contains",
                "dependentRequired", "dependentSchemas", "format", "if", "multipleOf", "not", "oneOf", "reference",
                "$id", "unevaluatedItems", "unevaluatedProperties", "uniqueItems");
    }

    @Test
    void nothingInvalidIsWrittenInTheOrderOfTheSchema() throws IOException, URISyntaxException {
        judge(SchemaOptions.DEFAULT);
        assertThat(this.allowedWrongly).isEmpty();
        assertThat(this.right).isGreaterThan(550);
    }

    private void judge(SchemaOptions options) throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.list(folder())) {
            for (Path file : files.filter((each) -> each.toString().endsWith(".json")).sorted().toList()) {
                for (JsonNode group : JSON.readTree(file.toFile())) {
                    judge(file.getFileName().toString(), group, options);
                }
            }
        }
    }

    private void judge(String file, JsonNode group, SchemaOptions options) {
        Symbol root;
        try {
            root = SchemaCompiler.compile(group.get("schema").toString(), options, new CompileBudget()).root();
        }
        catch (ConstraintException ex) {
            if (!ex.getMessage().startsWith("the JSON schema can not be fulfilled")) {
                this.refused.merge(cause(ex.getMessage()), 1, Integer::sum);
                return;
            }
            root = new Symbols.Choice(); // which nothing fulfils
        }
        for (JsonNode test : group.get("tests")) {
            boolean allowed = SchemaCompiler.matches(root, JsonTexts.write(test.get("data"), options.layout()));
            String name = file + ": " + test.get("description").asText();
            if (allowed == test.get("valid").asBoolean()) {
                this.right++;
            }
            else {
                (allowed ? this.allowedWrongly : this.forbiddenWrongly).add(name);
            }
        }
    }

    private static String cause(String message) {
        for (String keyword : List.of("reference", "format", "multipleOf", "'$id'")) {
            if (message.contains("the " + keyword) || message.startsWith(keyword) || message.contains(": " + keyword)) {
                return keyword.replace("'", "");
            }
        }
        int from = message.indexOf('\'');
        return message.contains("of 'oneOf'") ? "oneOf" : message.substring(from + 1, message.indexOf('\'', from + 1));
    }

}
