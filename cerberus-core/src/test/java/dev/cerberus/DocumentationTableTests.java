package dev.cerberus;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cerberus.testing.MarkdownFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of README and docs are ones: a row without a head above it is shown as text,
 * and a cell too many is not shown at all.
 */
class DocumentationTableTests {

    @Test
    void everyTableHasAHeadAndRowsOfAsManyCells() throws IOException {
        List<String> wrong = new ArrayList<>();
        int tables = 0;
        for (MarkdownFile page : MarkdownFile.all()) {
            // what a block holds is no table
            String[] lines = Files.readString(page.file()).replaceAll("(?ms)^ *```.*?^ *```$", "").split("\n", -1);
            int cells = 0;
            for (int i = 0; i < lines.length; i++) {
                if (!lines[i].startsWith("|")) {
                    cells = 0;
                    continue;
                }
                if (cells == 0) {
                    tables++;
                    cells = cells(lines[i]);
                    if (!lines[i + 1].matches("\\|( ?:?-+:? ?\\|)+")) {
                        wrong.add(page.file() + ": no head above " + lines[i]);
                    }
                }
                if (cells(lines[i]) != cells) {
                    wrong.add(page.file() + ": not " + cells + " cells in " + lines[i]);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(tables).isGreaterThan(50);
    }

    private static int cells(String line) {
        return line.replace("\\|", "").split("\\|", -1).length - 2;
    }

}
