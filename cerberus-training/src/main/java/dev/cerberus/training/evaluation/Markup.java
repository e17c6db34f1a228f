package dev.cerberus.training.evaluation;

/**
 * Text within HTML and SVG.
 */
final class Markup {

    private Markup() {
    }

    /** Returns the text with the characters that mean something there written out. */
    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

}
