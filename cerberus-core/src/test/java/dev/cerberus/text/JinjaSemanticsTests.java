package dev.cerberus.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The template language itself; the expectations in {@code jinja-semantics.json} are
 * renderings by Python jinja2 3.1.6 with trim_blocks and lstrip_blocks.
 */
class JinjaSemanticsTests {

    private static final List<ChatMessage> MESSAGES = List.of(ChatMessage.user("Hi"),
            ChatMessage.assistant("Yo \"x\""));

    static Stream<Arguments> snippets() throws IOException {
        try (InputStream json = Objects
            .requireNonNull(JinjaSemanticsTests.class.getResourceAsStream("jinja-semantics.json"))) {
            JsonNode all = JsonText.MAPPER.readTree(json);
            return StreamSupport.stream(all.spliterator(), false)
                .map((each) -> Arguments.of(each.get("template").textValue(), each.get("expected").textValue()))
                .toList()
                .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void renderAgreesWithPython(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = { "{{ ''.getClass() }}", "{{ ''.getClass().forName('java.lang.Runtime') }}",
            "{{ messages.getClass() }}", "{{ ''.class.forName('java.lang.Runtime') }}",
            "{{ messages[0].getClass().getName() }}", "{{ [].stream() }}",
            "{{ loop.getClass() }}{% for x in [1] %}{{ loop.getClass() }}{% endfor %}",
            "{{ ____int3rpr3t3r____.getContext() }}", "{{ ____int3rpr3t3r____.config }}", "{% include '/etc/passwd' %}",
            "{% import '/etc/passwd' as x %}", "{% extends '/etc/passwd' %}", "{% from '/etc/passwd' import x %}",
            "{{ '{{ 1 }}'|render }}", "{{ 'x'|log }}", "{{ fn:list(1) }}", "{{ today() }}", "{{ messages.append(1) }}",
            "{{ messages[0].put('a', 1) }}", "{{ messages[0].update({}) }}", "{{ raise_exception.getName() }}" })
    void renderWhenTemplateReachesForJavaOrFilesRefuses(String template) {
        assertThatExceptionOfType(ChatTemplateException.class).isThrownBy(() -> render(template))
            .withMessageContaining("'snippet'");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{{ ''.class }}", "{{ ____int3rpr3t3r____ }}", "{{ ''.__class__ }}",
            "{{ messages.class }}", "{{ messages[0].class }}", "{{ range.localContextScope }}", "{{ (1).class }}" })
    void renderWhenTemplateAsksForJavaPropertiesFindsNothing(String template) {
        assertThat(render(template)).isEmpty();
    }

    @Test
    void renderWhenContentLooksLikeATemplateDoesNotEvaluateIt() {
        String content = "{{ 1 + 1 }}{% raw %}{# x #}{% endraw %}{{ messages }}";
        String template = "{% for m in messages %}{{ m.content }}{{ m.content|trim ~ '' }}{% endfor %}";
        assertThat(ChatTemplate.of("snippet", template)
            .render(List.of(ChatMessage.user(content)), List.of(), false, Map.of())).isEqualTo(content + content);
    }

    @ParameterizedTest
    @ValueSource(strings = { "{% for a in range(9000) %}{% for b in range(9000) %}{% endfor %}{% endfor %}",
            "{{ range(10 ** 9) }}", "{{ 'x' * 10 ** 9 }}",
            "{% set ns = namespace(s='xxxxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
            "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "{% for i in range(99999) %}{{ 'x' * 99999 }}{% endfor %}" })
    void renderWhenTemplateWantsTooMuchEndsWithAMessage(String template) {
        assertThatExceptionOfType(ChatTemplateException.class).isThrownBy(() -> render(template))
            .withMessageContaining("cannot render the conversation");
    }

    @Test
    void renderWhenUndefinedIsAddedToTextNamesTheLine() {
        assertThatExceptionOfType(ChatTemplateException.class).isThrownBy(() -> render("a\n{{ 1 }}\n{{ 'x' + y }}"))
            .withMessage("chat template 'snippet' cannot render the conversation: line 3: " + "'y' is undefined");
    }

    @Test
    void ofWhenTagIsNotClosedOrUnknownNamesTheLine() {
        assertSyntaxError("a\n{% if x", "line 2: tag {% is not closed");
        assertSyntaxError("a\n{{ 'x }}", "line 2: string ' is not closed");
        assertSyntaxError("{# x", "line 1: comment {# is not closed");
        assertSyntaxError("{% raw %}x", "line 1: block {% raw %} is not closed");
        assertSyntaxError("{% if x %}", "line 1: block {% if %} is not closed");
        assertSyntaxError("\n{% nonsense %}", "line 2");
        assertSyntaxError("{{ a ? b }}", "unexpected character '?'");
    }

    @Test
    void strftimeNowReadsTheClock() {
        java.time.Clock clock = java.time.Clock.fixed(java.time.Instant.parse("2026-03-05T17:04:09Z"),
                java.time.ZoneOffset.UTC);
        ChatTemplate template = ChatTemplate
            .of("snippet", "{{ strftime_now('%d %b %Y, %B %-d, %Y-%m-%d %H:%M:%S %I%p %A %j %%') }}")
            .withClock(clock);
        assertThat(template.render(List.of(), List.of(), false, Map.of()))
            .isEqualTo("05 Mar 2026, March 5, 2026-03-05 17:04:09 05PM Thursday 064 %");
    }

    @Test
    void renderWhenExtraHasAnObjectOfJavaRefusesIt() {
        ChatTemplate template = ChatTemplate.of("snippet", "{{ x.a[1] }}{{ b }}");
        assertThat(template.render(List.of(), List.of(), false, Map.of("x", Map.of("a", List.of(1, 2)), "b", true)))
            .isEqualTo("2True");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> template.render(List.of(), List.of(), false, Map.of("x", new Object())))
            .withMessageContaining("template variable 'x'");
    }

    private static void assertSyntaxError(String template, String reason) {
        assertThatExceptionOfType(ChatTemplateException.class).isThrownBy(() -> ChatTemplate.of("snippet", template))
            .withMessageStartingWith("chat template 'snippet' is not a Jinja template: ")
            .withMessageContaining(reason);
    }

    private static String render(String template) {
        return ChatTemplate.of("snippet", template).render(MESSAGES, List.of(), true, Map.of());
    }

}
