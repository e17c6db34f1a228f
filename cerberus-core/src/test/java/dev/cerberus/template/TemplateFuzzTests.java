package dev.cerberus.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Damaged templates: each renders or ends with one exception, within its budget.
 *
 * <p>
 * {@code -Dcerberus.fuzz.templates=N} and {@code -Dcerberus.fuzz.seed=S} choose how many
 * and which.
 */
class TemplateFuzzTests {

    private static final TemplateBudget BUDGET = new TemplateBudget(200_000, 2_000_000, 400, Duration.ofSeconds(5));

    private static final List<String> PIECES = List.of("{{", "}}", "{%", "%}", "{#", "#}", "-%}", "{%-", "(", ")", "[",
            "]", "{", "}", "'", "\"", "|", "~", "**", "//", ":", ",", ".", "=", " is ", " not ", " in ", " if ",
            " else ", " and ", "none", "loop", "messages", "{% endif %}", "{% endfor %}", "{% for x in messages %}",
            "{% if messages %}", "{% else %}", "{% break %}", "{% set x = messages %}", "|tojson(indent=99)", "|join",
            "|replace('a', 'b' * 999)", "|batch(3)|list", "|sort", "|length", ".split('a')", ".format(1)", " * 99999",
            " + 1", "[::-1]", "[-1]", "999999999999999999999", "1e308", "\\", "\n", "\u0000", "😀", "range(99999)",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% raw %}", "{% endraw %}", "namespace(a=1)",
            "strftime_now('%')", "raise_exception('x')");

    private static final Map<String, Object> VARIABLES = Map.of("messages",
            List.of(Map.of("role", "system", "content", "Be kind."), Map.of("role", "user", "content", "Hi 😀 <b>"),
                    Map.of("role", "assistant", "content", "", "tool_calls",
                            List.of(Map.of("id", "1", "type", "function", "function",
                                    Map.of("name", "f", "arguments", Map.of("a", List.of(1L, 2.5, "x")))))),
                    Map.of("role", "tool", "name", "f", "content", "42"), Map.of("role", "user", "content", "so?")),
            "tools",
            List.of(Map.of("type", "function", "function",
                    Map.of("name", "f", "description", "d", "parameters",
                            Map.of("type", "object", "properties", Map.of("a", Map.of("type", "array")))))),
            "add_generation_prompt", true, "bos_token", "<s>", "eos_token", "</s>");

    @Test
    void damagedTemplateRendersOrFailsWithOneException() throws IOException {
        List<String> sources = sources();
        int count = Integer.getInteger("cerberus.fuzz.templates", 1000);
        long seed = Long.getLong("cerberus.fuzz.seed", 20261126L);
        int rendered = 0;
        for (int i = 0; i < count; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            String source = mutant(sources.get(random.nextInt(sources.size())), random);
            long start = System.nanoTime();
            try {
                Template.parse("mutant", source).render(VARIABLES, TemplateSemanticsTests.NOW, BUDGET);
                rendered++;
            }
            catch (TemplateException ex) {
                assertThat(ex.getMessage()).startsWith("template 'mutant': ");
            }
            catch (RuntimeException | Error ex) {
                fail("mutant " + i + " of seed " + seed + ":\n" + source, ex);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as("mutant %d of seed %d", i, seed)
                .isLessThan(Duration.ofSeconds(10));
        }
        assertThat(rendered).as("mutants that still render").isPositive();
    }

    private static String mutant(String source, SplittableRandom random) {
        StringBuilder text = new StringBuilder(source);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && !text.isEmpty(); i++) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            String piece = PIECES.get(random.nextInt(PIECES.size()));
            switch (random.nextInt(6)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, piece);
                case 2 -> text.replace(at, end, piece);
                case 3 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(200))));
                case 4 -> insertIntoExpression(text, piece);
                default -> text.setLength(at);
            }
        }
        return text.toString();
    }

    private static void insertIntoExpression(StringBuilder text, String piece) {
        int at = text.indexOf("}}", text.length() / 2);
        text.insert(Math.max(at, 0), piece);
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String preset : List.of("chatml", "llama-2", "vicuna", "zephyr")) {
            try (var stream = TemplateFuzzTests.class
                .getResourceAsStream("/dev/cerberus/text/templates/" + preset + ".jinja")) {
                sources.add(new String(java.util.Objects.requireNonNull(stream).readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8));
            }
        }
        String data = System.getenv("CERBERUS_TEST_DATA");
        Path folder = Path.of((data != null) ? data : "", "templates", "jinja");
        if (data != null && Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    sources.add(Files.readString(file));
                }
            }
        }
        return sources;
    }

}
