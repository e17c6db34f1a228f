package dev.cerberus.text;

/**
 * Finds where a JSON value ends within a text that goes on after it, or is not complete
 * yet.
 */
final class JsonScan {

    private JsonScan() {
    }

    /** Returns whether an object or an array may begin here. */
    static boolean beginsAt(CharSequence text, int at) {
        return at < text.length() && (text.charAt(at) == '{' || text.charAt(at) == '[');
    }

    /**
     * Returns the place after an object or array.
     * @param text the text
     * @param from where the value begins
     * @return the place after its last bracket; the text's length plus 1 if the value is
     * not complete
     */
    static int end(CharSequence text, int from) {
        int depth = 0;
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                }
                quoted = c != '"';
            }
            else if (c == '"') {
                quoted = true;
            }
            else if (c == '{' || c == '[') {
                depth++;
            }
            else if (c == '}' || c == ']') {
                depth--;
                if (depth == 0) {
                    return i + 1;
                }
            }
        }
        return text.length() + 1;
    }

    /** Returns the next place where there is no blank. */
    static int skipBlanks(CharSequence text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /**
     * Returns how a text goes on.
     * @param text the text
     * @param at a place in it
     * @param wanted what is looked for
     * @return whether it stands there, may still come, or does not
     */
    static Look look(CharSequence text, int at, String wanted) {
        int there = Math.min(text.length() - at, wanted.length());
        for (int i = 0; i < there; i++) {
            if (text.charAt(at + i) != wanted.charAt(i)) {
                return Look.MISSING;
            }
        }
        return (there == wanted.length()) ? Look.THERE : Look.PERHAPS;
    }

    /** What {@link JsonScan#look} finds. */
    enum Look {

        THERE, PERHAPS, MISSING

    }

}
