package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A Markdown table whose columns line up as plain text too. Not thread-safe.
 */
final class MarkdownTable {

    private final List<String> header;

    private final int leftColumns;

    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Creates an empty table.
     * @param leftColumns number of columns, from the left, aligned to the left; the
     * others hold numbers
     * @param header the columns' titles
     */
    MarkdownTable(int leftColumns, List<String> header) {
        this.leftColumns = leftColumns;
        this.header = List.copyOf(header);
    }

    MarkdownTable row(List<String> cells) {
        if (cells.size() != this.header.size()) {
            throw new IllegalArgumentException("a row needs " + this.header.size() + " cells, was " + cells.size());
        }
        this.rows.add(List.copyOf(cells));
        return this;
    }

    @Override
    public String toString() {
        int[] widths = new int[this.header.size()];
        List<List<String>> lines = new ArrayList<>(List.of(this.header));
        lines.addAll(this.rows);
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(Math.max(widths[i], 3), line.get(i).length());
            }
        }
        List<String> rule = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            String dashes = String.join("", Collections.nCopies(widths[i] - 1, "-"));
            rule.add((i < this.leftColumns) ? dashes + "-" : dashes + ":");
        }
        lines.add(1, rule);
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - line.get(i).length());
                text.append("| ")
                    .append((i < this.leftColumns) ? line.get(i) + padding : padding + line.get(i))
                    .append(' ');
            }
            text.append("|\n");
        }
        return text.toString();
    }

}
