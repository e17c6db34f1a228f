package dev.cerberus.training.evaluation;

import java.nio.file.Path;
import java.util.List;

/**
 * A report in the making, written twice: as Markdown with plots beside it, and as one
 * HTML file that holds its plots. Not thread-safe.
 */
final class ReportDocument {

    private static final String STYLE = """
            body { font: 16px/1.5 sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
            pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .5rem .8rem; background: #f3f3f3 }
            table { border-collapse: collapse; display: block; overflow-x: auto }
            th, td { padding: .2rem .5rem; border-bottom: 1px solid #ddd; text-align: left }
            .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
            figure { margin: 1.5rem 0 } figcaption { color: #444 } svg { max-width: 100%; height: auto }
            """;

    private final Path directory;

    private final String title;

    private final StringBuilder markdown = new StringBuilder();

    private final StringBuilder html = new StringBuilder();

    ReportDocument(Path directory, String title) {
        this.directory = directory;
        this.title = title;
        heading(1, title);
    }

    void heading(int level, String text) {
        this.markdown.append("#".repeat(level)).append(' ').append(text).append("\n\n");
        this.html.append("<h").append(level).append('>').append(Markup.escape(text));
        this.html.append("</h").append(level).append(">\n");
    }

    void paragraph(String text) {
        this.markdown.append(text).append("\n\n");
        this.html.append("<p>").append(Markup.escape(text)).append("</p>\n");
    }

    void code(String text) {
        this.markdown.append("```\n").append(text).append("\n```\n\n");
        this.html.append("<pre>").append(Markup.escape(text)).append("</pre>\n");
    }

    void list(List<String> items) {
        this.html.append("<ul>\n");
        for (String item : items) {
            this.markdown.append("- ").append(item).append('\n');
            this.html.append("<li>").append(Markup.escape(item)).append("</li>\n");
        }
        this.markdown.append('\n');
        this.html.append("</ul>\n");
    }

    void table(ResultTable table) {
        this.markdown.append(table).append('\n');
        this.html.append(table.html());
    }

    /** Adds a plot and what there is to see in it; its picture becomes a file too. */
    void plot(Plot plot) {
        String file = plot.name() + ".svg";
        ResultFiles.write(this.directory.resolve(file), plot.svg());
        this.markdown.append("![").append(plot.title()).append("](").append(file).append(")\n\n");
        this.markdown.append(plot.sentence()).append("\n\n");
        this.html.append("<figure>\n").append(plot.svg()).append("<figcaption>");
        this.html.append(Markup.escape(plot.sentence())).append("</figcaption>\n</figure>\n");
    }

    /**
     * Writes {@code report.md} and {@code report.html}.
     * @throws EvaluationException if one can not be written
     */
    void write() {
        ResultFiles.write(this.directory.resolve("report.md"), this.markdown.toString());
        ResultFiles.write(this.directory.resolve("report.html"),
                "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
                        + Markup.escape(this.title) + "</title>\n<style>\n" + STYLE
                        + "</style>\n</head>\n<body>\n<main>\n" + this.html + "</main>\n</body>\n</html>\n");
    }

}
