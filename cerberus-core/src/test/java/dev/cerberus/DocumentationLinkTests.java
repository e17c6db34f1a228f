package dev.cerberus;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The links of README and docs lead to files and headings that are there.
 */
class DocumentationLinkTests {

    @Test
    void everyLinkOfTheRepositoryLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        int checked = 0;
        for (MarkdownFile page : MarkdownFile.all()) {
            for (String link : page.links()) {
                if (!link.matches("(https?|mailto):.*")) {
                    checked++;
                    if (!leadsSomewhere(page, link)) {
                        broken.add(page.file() + ": " + link);
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(checked).isGreaterThan(20);
    }

    private static boolean leadsSomewhere(MarkdownFile page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return parts.length == 1 || MarkdownFile.read(target).anchors().contains(parts[1]);
    }

}
