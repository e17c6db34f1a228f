package dev.cerberus.training.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A table, as Markdown whose columns line up as plain text too or as HTML. Not
 * thread-safe.
 */
final class ResultTable {

    private final List<String> header;

    private final int leftColumns;

    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Creates an empty table.
     * @param leftColumns number of columns, from the left, aligned to the left; the
     * others hold numbers
     * @param header the columns' titles
     */
    ResultTable(int leftColumns, List<String> header) {
        this.leftColumns = leftColumns;
        this.header = List.copyOf(header);
    }

    ResultTable row(List<String> cells) {
        if (cells.size() != this.header.size()) {
            throw new IllegalArgumentException("a row needs " + this.header.size() + " cells, was " + cells.size());
        }
        this.rows.add(List.copyOf(cells));
        return this;
    }

    String html() {
        StringBuilder text = new StringBuilder("<table>\n<thead>").append(html("th", this.header))
            .append("</thead>\n<tbody>\n");
        this.rows.forEach((row) -> text.append(html("td", row)).append('\n'));
        return text.append("</tbody>\n</table>\n").toString();
    }

    private String html(String element, List<String> cells) {
        StringBuilder text = new StringBuilder("<tr>");
        for (int i = 0; i < cells.size(); i++) {
            text.append('<').append(element).append((i < this.leftColumns) ? ">" : " class=\"number\">");
            text.append(Markup.escape(cells.get(i))).append("</").append(element).append('>');
        }
        return text.append("</tr>").toString();
    }

    /** Names of categories and prompts may hold what ends a cell. */
    private static String cell(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ").replace("|", "\\|");
    }

    /** Returns Markdown. */
    @Override
    public String toString() {
        int[] widths = new int[this.header.size()];
        List<List<String>> lines = new ArrayList<>(List.of(this.header));
        this.rows.forEach((row) -> lines.add(row.stream().map(ResultTable::cell).toList()));
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
