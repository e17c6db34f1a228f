package dev.cerberus.langchain4j.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of outcomes in the documentation, a row per kit. It is written with
 * {@code -Dcerberus.kits.update=true}; else a run over the model that knows the answers
 * must agree with it.
 */
final class KitTable {

    private static final Path PAGE = Path.of("..", "docs", "contract-kits.md");

    private static final boolean UPDATE = Boolean.getBoolean("cerberus.kits.update");

    private KitTable() {
    }

    static synchronized void row(String kit, KitCounts counts) {
        String start = "| " + kit + " | ";
        String row = start + counts.cells() + " |";
        List<String> lines = read();
        int at = find(lines, start);
        if (UPDATE) {
            lines.set(at, row);
            write(lines);
        }
        else if (KitModel.knowsAnswers()) {
            assertThat(lines.get(at)).as("row of %s; -Dcerberus.kits.update=true writes it anew", PAGE).isEqualTo(row);
        }
    }

    /** Finds a row in the part of the page that is about the present model. */
    private static int find(List<String> lines, String start) {
        String heading = KitModel.knowsAnswers() ? "## A model that knows the answers" : "## The model in the box";
        int from = lines.indexOf(heading);
        for (int at = from; at >= 0 && at < lines.size(); at++) {
            if (lines.get(at).startsWith(start)) {
                return at;
            }
        }
        throw new AssertionError(PAGE + " has no row '" + start + "' under '" + heading + "'; add one");
    }

    private static List<String> read() {
        try {
            return new ArrayList<>(Files.readAllLines(PAGE));
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static void write(List<String> lines) {
        try {
            Files.write(PAGE, lines);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
