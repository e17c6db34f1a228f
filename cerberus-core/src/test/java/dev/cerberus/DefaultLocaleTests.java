package dev.cerberus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A search of all sources for what depends on the machine's language: in some, digits and
 * letters are others than those that programs and files are made of.
 */
class DefaultLocaleTests {

    private static final Pattern DEPENDENT = Pattern.compile("\\.formatted\\(|String\\.format\\(\\s*(?!Locale)"
            + "|\\.printf\\(\\s*(?!Locale)|new\\s+(?:java\\.util\\.)?Formatter\\(\\s*(?!Locale)"
            + "|\\.to(?:Lower|Upper)Case\\(\\s*\\)|new\\s+DecimalFormat\\(|NumberFormat\\.get\\w*\\(\\s*\\)"
            + "|DateTimeFormatter\\.ofPattern\\([^,)]*\\)");

    @Test
    void nothingDependsOnTheMachinesLanguage() throws IOException {
        List<String> found = new ArrayList<>();
        int files = 0;
        for (Path source : sources()) {
            files++;
            String text = Files.readString(source);
            Matcher matcher = DEPENDENT.matcher(text);
            while (matcher.find()) {
                long line = text.substring(0, matcher.start()).lines().count();
                found.add(source + ":" + line + " " + matcher.group() + "… needs a locale such as Locale.ROOT");
            }
        }
        assertThat(files).isGreaterThan(200);
        assertThat(found).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("cerberus-core/src"))) {
            root = root.getParent();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all
                .filter((path) -> path.toString().endsWith(".java") && path.toString().contains("/src/main/java/")
                        && !path.toString().contains("/target/"))
                .toList();
        }
    }

}
