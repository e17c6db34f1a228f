package dev.cerberus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The messages that the page on troubleshooting quotes are ones that the code has.
 */
class QuotedMessageTests {

    private static final Pattern QUOTED = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    /** All string literals, those put together from several lines as one. */
    private static String sources() throws IOException {
        Path repository = MarkdownFile.repository();
        try (Stream<Path> modules = Files.list(repository)) {
            return modules.map((module) -> module.resolve("src/main/java"))
                .filter(Files::isDirectory)
                .flatMap(QuotedMessageTests::files)
                .map(QuotedMessageTests::text)
                .collect(Collectors.joining("\n"))
                .replaceAll("\"\\s*\\+\\s*\"", "");
        }
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter((file) -> file.toString().endsWith(".java")).toList().stream();
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Test
    void everyQuotedMessageIsInTheCode() throws IOException {
        String sources = sources();
        List<String> unknown = new ArrayList<>();
        Matcher quoted = QUOTED.matcher(Files.readString(MarkdownFile.repository().resolve("docs/troubleshooting.md")));
        int checked = 0;
        while (quoted.find()) {
            for (String part : quoted.group(1).split("…")) {
                checked++;
                if (!sources.contains(part.strip())) {
                    unknown.add(part.strip());
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(checked).isGreaterThan(20);
    }

}
