package dev.cerberus.training.evaluation;

import java.util.Locale;

/**
 * An SVG picture in the making. Lengths are pixels. Not thread-safe.
 */
final class SvgPicture {

    /** Of text, so that labels can be given the room that they need. */
    static final double CHARACTER = 7;

    private static final String INK = "#222222";

    private final int width;

    private final int height;

    private final StringBuilder body = new StringBuilder();

    SvgPicture(int width, int height) {
        this.width = width;
        this.height = height;
    }

    void bar(double x, double y, double width, double height, String fill) {
        this.body.append(String.format(Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" stroke=\"%s\" stroke-width=\"0.5\"/>%n",
                x, y, width, height, fill, INK));
    }

    void line(double x1, double y1, double x2, double y2, String stroke, double width, String dashes) {
        this.body.append(String.format(Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"%s/>%n", x1,
                y1, x2, y2, stroke, width, dashed(dashes)));
    }

    void path(double[] x, double[] y, String stroke, String dashes) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < x.length; i++) {
            points.append(String.format(Locale.ROOT, "%s%.1f,%.1f", (i == 0) ? "" : " ", x[i], y[i]));
        }
        this.body.append(String.format(Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>%n", points, stroke,
                dashed(dashes)));
    }

    void dot(double x, double y, String fill) {
        this.body.append(
                String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>%n", x, y, fill));
    }

    /** Writes text. The anchor is where the point lies in it: start, middle or end. */
    void text(double x, double y, String anchor, String text) {
        this.body.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y,
                anchor, Markup.escape(text)));
    }

    /** Writes text that is read from below upwards, its middle at the point. */
    void textUpwards(double x, double y, String text) {
        this.body.append(String.format(Locale.ROOT,
                "<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>%n", x, y,
                Markup.escape(text)));
    }

    private static String dashed(String dashes) {
        return dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"";
    }

    /**
     * Returns the whole picture.
     * @param title what a reader who does not see it is told
     * @param description what there is to see, in a sentence
     * @return one {@code svg} element, by itself a file and as it is a part of HTML
     */
    String finish(String title, String description) {
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" \
                font-family="sans-serif" font-size="12" fill="%3$s">
                <title>%4$s</title>
                <desc>%5$s</desc>
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                """, this.width, this.height, INK, Markup.escape(title), Markup.escape(description))
            .replace("\r\n", "\n") + this.body.toString().replace(System.lineSeparator(), "\n") + "</svg>\n";
    }

}
