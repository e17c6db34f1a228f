package dev.cerberus.template;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Templates that want to hang or to exhaust the memory.
 */
class TemplateBudgetTests {

    // 4 million characters; a list shared 2^40 times; a list within 90,000 lists.
    private static final String LONG = "{% set ns = namespace(s='a') %}{% for i in range(22) %}{% set ns.s = ns.s + ns.s %}{% endfor %}";

    private static final String WIDE = "{% set w = namespace(l=['x']) %}{% for i in range(40) %}{% set w.l = [w.l, w.l] %}{% endfor %}";

    private static final String TUPLES = "{% set t = namespace(l=('x',)) %}{% for i in range(40) %}{% set t.l = (t.l, t.l) %}{% endfor %}";

    private static final String DEEP = "{% set d = namespace(l=[]) %}{% for i in range(90000) %}{% set d.l = [d.l] %}{% endfor %}";

    static Stream<String> greedy() {
        List<String> templates = new ArrayList<>(List.of("{{ ('a'*30000)|replace('a','b'*30000) }}",
                "{{ ('a'*30000).replace('a','b'*30000) }}", LONG + "{{ ns.s.replace('', 'xxxxxxxx') }}",
                "{{ range(99999)|join('a'*9000) }}", "{{ ('a\\n'*1000)|indent(1000000) }}",
                "{{ [1,[2]]|tojson(indent=10**9) }}", WIDE + "{{ w.l|tojson(indent=3) }}", WIDE + "{{ w.l }}",
                WIDE + "{% set a = w.l %}" + WIDE + "{{ w.l == a }}", TUPLES + "{{ {t.l: 1} }}",
                TUPLES + "{{ [t.l]|unique|list }}", "{% for c in 'x' * 33000000 %}{% endfor %}",
                "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = ns.l + ['x' * 330000] %}{% endfor %}",
                LONG + "{% for i in range(99999) %}{% set x = ns.s|upper %}{% endfor %}",
                LONG + "{% for i in range(99999) %}{% set x = ns.s.isupper() %}{% endfor %}",
                LONG + "{{ ns.s.split('a') }}", LONG + "{{ ns.s.rsplit('a', 10000000) }}",
                LONG + "{{ (ns.s|replace('a', 'a ')).split() }}",
                LONG + "{% for i in range(9999) %}{{ ns.s|wordcount }}{% endfor %}",
                LONG + "{% for i in range(9999) %}{{ ns.s.count('a') }}{% endfor %}",
                LONG + "{{ ns.s.count('a' * 100000 + 'b') }}", LONG + "{{ ('a' * 1000000 + 'b') in ns.s }}",
                "{% for i in range(99) %}{{ range(99999)|unique|list }}{% endfor %}",
                "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = ns.l + [1] %}{% endfor %}",
                LONG + "{% set t = ns.s ~ '' %}{% for i in range(99999) %}{% if t == ns.s %}{% endif %}{% endfor %}",
                LONG + "{% for i in range(99999) %}{{ ns.s[4000000] }}{{ ns.s|length }}{% endfor %}",
                LONG + "{% for i in range(99999) %}{{ ns.s|float }}{{ ns.s|int }}{% endfor %}",
                "{{ strftime_now('%A' * 8000000) }}", DEEP + "{{ d.l }}", DEEP + "{{ d.l|tojson }}",
                DEEP + "{% set a = d.l %}" + DEEP + "{{ a == d.l }}",
                "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}", "{{ 'x' * 10 ** 9 }}", "{{ [0] * 10 ** 9 }}",
                "{{ '%1000000000d' % 1 }}", "{{ '%*d' % (10**12, 1) }}", "{{ '{:>999999999}'.format('a') }}",
                "{{ 'a'.center(10 ** 9) }}", "{{ 'a'|center(10**9) }}", "{{ 'a'.zfill(10 ** 9) }}",
                "{{ '\\t'.expandtabs(10 ** 9) }}", "{{ range(9)|batch(10 ** 9, 'x')|list }}",
                "{{ range(9)|slice(10 ** 9)|list }}",
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = ns.l + [range(99999)|list] %}{% endfor %}",
                "{% set ns = namespace(d={}) %}{% for i in range(99999) %}{% set ns.d = dict(ns.d, **{'k' ~ i: i}) %}{% endfor %}",
                "{% set ns = namespace(g=[1]) %}{% for i in range(99999) %}{% set ns.g = ns.g|map('string') %}{% endfor %}{{ ns.g|list }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}",
                "{% set l = [1] %}{% for i in l recursive %}{{ loop(l) }}{% endfor %}"));
        StringBuilder fan = new StringBuilder("{% macro m0() %}{% endmacro %}");
        for (int i = 1; i <= 45; i++) {
            fan.append("{% macro m")
                .append(i)
                .append("() %}{{ m")
                .append(i - 1)
                .append("() }}{{ m")
                .append(i - 1)
                .append("() }}{% endmacro %}");
        }
        templates.add(fan + "{{ m45() }}");
        return templates.stream();
    }

    @ParameterizedTest
    @MethodSource("greedy")
    @Timeout(30)
    void renderWhenTemplateWantsTooMuchNamesTheBudget(String template) {
        assertThatExceptionOfType(TemplateException.OverBudget.class)
            .isThrownBy(() -> render(template, TemplateBudget.DEFAULT))
            .withMessageMatching("template 'greedy': line 1: (needs more than 33554432 operations"
                    + "|produces more than 33554432 characters|is nested more than 400 levels deep)");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{{ 9 ** (9 ** 9) }}", "{{ 10 ** 100000 }}", "{{ ('9' * 10 ** 7)|int }}",
            "{{ '%.1000000000f' % 1 }}", "{{ 1.5|round(10**9, 'ceil') }}", "{{ range(10 ** 9) }}",
            "{% set ns=namespace(x=2) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}" })
    @Timeout(30)
    void renderWhenNumberIsTooLargeSaysSo(String template) {
        assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> render(template, TemplateBudget.DEFAULT))
            .withMessageStartingWith("template 'greedy': line 1: ");
    }

    @Test
    void parseWhenNestedTooDeeplyEndsWithAMessageOnASmallStack() throws InterruptedException {
        List<String> templates = List.of("{{ " + "(".repeat(3000) + "1" + ")".repeat(3000) + " }}",
                "{{ " + "[".repeat(3000) + "]".repeat(3000) + " }}",
                "{{ " + "{1:".repeat(3000) + "}".repeat(3000) + " }}", "{{ " + "not ".repeat(30000) + "1 }}",
                "{{ " + "-".repeat(30000) + "1 }}", "{{ 1" + " + 1".repeat(30000) + " }}",
                "{{ a" + ".a".repeat(30000) + " }}", "{{ a" + "|trim".repeat(30000) + " }}",
                "{{ 1" + " or 1".repeat(30000) + " }}", "{{ 1" + " if 1 else 1".repeat(30000) + " }}",
                "{% if 1 %}".repeat(3000) + "{% endif %}".repeat(3000),
                "{% for " + "(".repeat(3000) + "a" + ")".repeat(3000) + " in b %}{% endfor %}");
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(null,
                () -> templates.forEach((template) -> assertThatExceptionOfType(TemplateException.Syntax.class)
                    .as(template.substring(0, 20))
                    .isThrownBy(() -> Template.parse("deep", template))
                    .withMessageMatching("template 'deep': line 1: (is nested more than 100 levels deep"
                            + "|has more than 400 operators, calls or filters in one chain)")),
                "small-stack", 512 * 1024);
        thread.setUncaughtExceptionHandler((source, thrown) -> failure.set(thrown));
        thread.start();
        thread.join();
        assertThat(failure.get()).isNull();
    }

    @Test
    void renderWhenBudgetIsSmallNamesWhatIsSpent() {
        assertSpent(new TemplateBudget(100, 1000, 50, Duration.ofSeconds(5)),
                "{{ 1 }}\n{% for i in range(99) %}\n{{ i }}{% endfor %}", "needs more than 100 operations");
        assertSpent(new TemplateBudget(10_000, 100, 50, Duration.ofSeconds(5)), "{{ 'x' * 101 }}",
                "produces more than 100 characters");
        assertSpent(new TemplateBudget(10_000, 1000, 5, Duration.ofSeconds(5)), "{{ [[[[[[1]]]]]] }}",
                "is nested more than 5 levels deep");
        assertSpent(new TemplateBudget(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, 50, Duration.ofMillis(50)),
                "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
                "takes longer than 50 ms");
    }

    private static void assertSpent(TemplateBudget budget, String template, String reason) {
        assertThatExceptionOfType(TemplateException.OverBudget.class).isThrownBy(() -> render(template, budget))
            .withMessageStartingWith("template 'greedy': line ")
            .withMessageEndingWith(reason);
    }

    @Test
    void parseWhenSourceIsTooLongRefusesIt() {
        assertThatExceptionOfType(TemplateException.Syntax.class)
            .isThrownBy(() -> Template.parse("long", "x".repeat((1 << 20) + 1)))
            .withMessage("template 'long': has more than 1048576 characters");
    }

    @Test
    void budgetOutOfRangeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TemplateBudget(0, 1, 1, Duration.ofSeconds(1)))
            .withMessage("operations must be at least 1, was 0");
        assertThatIllegalArgumentException().isThrownBy(() -> new TemplateBudget(1, 0, 1, Duration.ofSeconds(1)))
            .withMessage("characters must be at least 1, was 0");
        assertThatIllegalArgumentException().isThrownBy(() -> new TemplateBudget(1, 1, 0, Duration.ofSeconds(1)))
            .withMessage("depth must be in 1 to 10000, was 0");
        assertThatIllegalArgumentException().isThrownBy(() -> new TemplateBudget(1, 1, 1, Duration.ZERO))
            .withMessage("time must be positive, was PT0S");
    }

    private static String render(String template, TemplateBudget budget) {
        return Template.parse("greedy", template).render(Map.of(), TemplateSemanticsTests.NOW, budget);
    }

}
