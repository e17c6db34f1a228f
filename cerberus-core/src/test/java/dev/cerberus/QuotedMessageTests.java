package dev.cerberus;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import dev.cerberus.testing.MainSources;
import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The messages that the page on troubleshooting quotes are ones that the code has.
 */
class QuotedMessageTests {

    private static final Pattern QUOTED = Pattern.compile("(?m)^\\| `([^`]+)` \\|");

    @Test
    void everyQuotedMessageIsInTheCode() throws IOException {
        String texts = MainSources.of(MainSources.modules())
            .stream()
            .flatMap((source) -> MainSources.texts(source).stream())
            .collect(Collectors.joining("\n"));
        List<String> unknown = new ArrayList<>();
        Matcher quoted = QUOTED.matcher(Files.readString(MarkdownFile.repository().resolve("docs/troubleshooting.md")));
        int checked = 0;
        while (quoted.find()) {
            for (String part : quoted.group(1).split("…")) {
                checked++;
                if (!texts.contains(part.strip())) {
                    unknown.add(part.strip());
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(checked).isGreaterThan(20);
    }

}
