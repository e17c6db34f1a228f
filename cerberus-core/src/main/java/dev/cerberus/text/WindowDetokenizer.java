package dev.cerberus.text;

import java.util.Arrays;

/**
 * A detokenizer that asks the tokenizer for the text of the last ids, whatever its
 * decoder does. Each call decodes a window of bounded size, so the cost is linear in the
 * number of ids. Not thread-safe.
 */
final class WindowDetokenizer implements Detokenizer {

    /*
     * A token alone has no text of its own: SentencePiece-style decoders drop the space
     * at the beginning of what they decode, and a character may be spread over several
     * tokens. So a window of ids is decoded as a whole and only what is new in its text
     * is shown:
     *
     * ids … | a b c | d e window = a … e, c was the last one when it was cut text | A B C
     * D � shown = length of "ABCD", "�" is held back
     *
     * Whether the end is an unfinished character is told by the tokens' bytes, not by
     * their text, in which a real U+FFFD looks the same. A window that grew is cut to its
     * last few ids where a character begins, provided that their text is not empty and is
     * the end of the window's text.
     */

    private static final String REPLACEMENT = "\uFFFD";

    // Ids in the window from which on it is cut.
    private static final int WINDOW = 16;

    // Ids that stay in the window when it is cut.
    private static final int OVERLAP = 4;

    private final TextTokenizer tokenizer;

    private final Utf8Reader reader = new Utf8Reader((character) -> {
    });

    private int[] window = new int[2 * WINDOW];

    // Whether a character begins with the id at this place of the window.
    private boolean[] first = new boolean[2 * WINDOW];

    private int size;

    // Characters of the window's text that were returned already.
    private int shown;

    /**
     * Creates a detokenizer for text that continues other text.
     * @param tokenizer decodes the ids; stays open as long as this is used
     * @param before the ids the text continues, none for text that stands on its own
     */
    WindowDetokenizer(TextTokenizer tokenizer, int[] before) {
        this.tokenizer = tokenizer;
        for (int i = 0; i < before.length; i++) {
            boolean starts = this.size > 0 || this.reader.unfinishedBytes() == 0;
            if (starts && i >= before.length - WINDOW) {
                append(before[i]);
            }
            else { // a window that began within a character would break it
                this.reader.read(this.tokenizer.bytes().of(before[i]));
            }
        }
        String text = settled();
        this.shown = text.length();
        cutWindow(text, 1);
    }

    @Override
    public String push(int id) {
        append(id);
        String text = settled();
        String increment = (text.length() > this.shown) ? text.substring(this.shown) : "";
        this.shown = Math.max(this.shown, text.length());
        cutWindow(text, WINDOW);
        return increment;
    }

    @Override
    public String flush() {
        boolean unfinished = this.reader.unfinishedBytes() > 0;
        this.size = 0;
        this.shown = 0;
        return unfinished ? REPLACEMENT : "";
    }

    /**
     * Returns the number of ids that the next push decodes, for tests of the cost.
     * @return the size of the window
     */
    int windowSize() {
        return this.size;
    }

    private void append(int id) {
        if (this.size == this.window.length) {
            this.window = Arrays.copyOf(this.window, 2 * this.size);
            this.first = Arrays.copyOf(this.first, 2 * this.size);
        }
        this.window[this.size] = id;
        this.first[this.size++] = this.reader.unfinishedBytes() == 0;
        this.reader.read(this.tokenizer.bytes().of(id));
    }

    /** Returns the window's text without a character that is not complete. */
    private String settled() {
        int unfinished = this.reader.unfinishedBytes();
        if (unfinished == 0) {
            return decode(0, this.size);
        }
        if (this.tokenizer.bytes().straddling()) {
            // All of an unfinished character is one U+FFFD.
            String text = decode(0, this.size);
            return text.endsWith(REPLACEMENT) ? text.substring(0, text.length() - 1) : text;
        }
        int end = this.size;
        while (end > 0 && unfinished > 0) {
            unfinished -= this.tokenizer.bytes().of(this.window[--end]).length;
        }
        return decode(0, end);
    }

    private void cutWindow(String text, int least) {
        if (this.size < least || this.reader.unfinishedBytes() > 0) {
            if (this.size >= 4 * WINDOW) {
                // Invalid bytes all along: there is no character that the cut could
                // break.
                keepLast(OVERLAP);
            }
            return;
        }
        for (int keep = Math.min(OVERLAP, this.size); keep <= Math.min(WINDOW, this.size); keep++) {
            String tail = this.first[this.size - keep] ? decode(this.size - keep, this.size) : "";
            if (!tail.isEmpty() && text.endsWith(tail)) {
                keepLast(keep);
                return;
            }
        }
        if (this.size >= 4 * WINDOW) {
            keepLast(OVERLAP);
        }
    }

    private void keepLast(int keep) {
        System.arraycopy(this.window, this.size - keep, this.window, 0, keep);
        System.arraycopy(this.first, this.size - keep, this.first, 0, keep);
        this.size = keep;
        this.shown = settled().length();
    }

    private String decode(int from, int to) {
        return this.tokenizer.decode(this.window, from, to);
    }

}
