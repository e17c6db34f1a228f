package dev.cerberus.template;

import java.io.IOException;
import java.io.InputStream;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The language, against what Python's jinja2 makes of the same templates;
 * {@code src/test/python/template_semantics.py} writes the expectations.
 */
class TemplateSemanticsTests {

    static final ZonedDateTime NOW = ZonedDateTime.of(2026, 3, 5, 17, 4, 9, 123_456_000, ZoneOffset.UTC);

    private static final JsonNode TABLE = table();

    private static final Map<String, Object> VARIABLES = variables();

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        TABLE.get("cases").forEach((each) -> cases.add(Arguments.of(each.get("template").textValue(), each)));
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void renderAgreesWithPython(String template, JsonNode reference) {
        JsonNode raises = reference.path("raises");
        if (raises.isMissingNode()) {
            assertThat(render(template)).isEqualTo(reference.get("expected").textValue());
        }
        else if (reference.path("refused").booleanValue()) {
            assertThatExceptionOfType(TemplateException.Refusal.class).isThrownBy(() -> render(template))
                .satisfies((refusal) -> assertThat(refusal.reason()).isEqualTo(raises.textValue()));
        }
        else {
            assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> render(template))
                .withMessageMatching("(?s)template 'case': line \\d+: .+")
                .satisfies((failure) -> assertThat(failure).isNotInstanceOf(TemplateException.OverBudget.class));
        }
    }

    @Test
    void tableIsLarge() {
        assertThat(TABLE.get("cases").size()).isGreaterThan(1000);
    }

    @Test
    void errorNamesTheLineItHappenedIn() {
        assertReason("a\n{{ 1 }}\n{{ 'x' + y }}", "line 3: 'y' is undefined");
        assertReason("{% macro m(x) %}\n{{ x.a.b }}\n{% endmacro %}\n\n{{ m({}) }}",
                "line 2: 'dict object' has no attribute 'a'");
        assertReason("{% macro m() %}\nx\n{% endmacro %}\n\n{{ m() + 1 }}",
                "line 5: can only concatenate str (not \"int\") to str");
        assertReason("\n{% for i in [1,\n 0] %}\n{{ 1 //\ni }}\n{% endfor %}",
                "line 4: integer division or modulo by zero");
        assertReason("\n\n{% for x in 5 %}{% endfor %}", "line 3: 'int' object is not iterable");
        assertReason("\n{% include 'x' %}", "line 2: uses {% include %}, which is not supported");
        assertReason("\n{{ 'x'|wordwrap }}", "line 2: uses the filter 'wordwrap', which is not supported");
        assertReason("{#\n#}\n{% if x %}\n{{ 1 }}", "line 3: block {% if %} is not closed");
    }

    private static void assertReason(String template, String reason) {
        assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> render(template))
            .satisfies((failure) -> assertThat(failure.reason()).isEqualTo(reason))
            .withMessage("template 'case': " + reason);
    }

    private static String render(String template) {
        return Template.parse("case", template).render(VARIABLES, NOW, TemplateBudget.DEFAULT);
    }

    private static Map<String, Object> variables() {
        Map<String, Object> variables = new LinkedHashMap<>();
        TABLE.get("variables").properties().forEach((entry) -> variables.put(entry.getKey(), plain(entry.getValue())));
        return variables;
    }

    private static JsonNode table() {
        try (InputStream json = Objects
            .requireNonNull(TemplateSemanticsTests.class.getResourceAsStream("semantics.json"))) {
            return new ObjectMapper().readTree(json);
        }
        catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    static Object plain(JsonNode node) {
        if (node.isObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            node.properties().forEach((entry) -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach((element) -> list.add(plain(element)));
            return list;
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isIntegralNumber()) {
            return node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue();
        }
        return node.isNumber() ? (Object) node.doubleValue() : node.isBoolean() ? (Object) node.booleanValue() : null;
    }

}
