package dev.cerberus.text;

import java.util.Arrays;

/**
 * A detokenizer that turns ids into text one by one, without ever showing half a
 * character.
 *
 * <p>
 * The concatenation of all increments is the text of all ids. Each call decodes a window
 * of bounded size, so the cost is linear in the number of ids. Not thread-safe: one per
 * answer.
 */
public final class TokenTextStream {

    /*
     * A token alone has no text of its own: SentencePiece-style decoders drop the space
     * at the beginning of what they decode, and a character may be spread over several
     * tokens. So a window of ids is decoded as a whole and only what is new in its text
     * is shown:
     *
     * ids … | a b c | d e window = a … e, c was the last one when it was cut text | A B C
     * D � shown = length of "ABCD", "�" is held back
     *
     * Text that ends in U+FFFD is an unfinished character (or a real U+FFFD, which then
     * comes with the next token). A window that grew is cut to its last few ids, provided
     * that their text is not empty and is the end of the window's text; otherwise it
     * would begin inside a character.
     */

    private static final char REPLACEMENT = '\uFFFD';

    // Ids in the window from which on it is cut.
    private static final int WINDOW = 16;

    // Ids that stay in the window when it is cut.
    private static final int OVERLAP = 4;

    // A character has at most 4 bytes: what is unfinished after this many ids is not a
    // character.
    private static final int LONGEST_CHARACTER = 8;

    private final TextTokenizer tokenizer;

    private int[] window = new int[2 * WINDOW];

    private int size;

    // Characters of the window's text that were returned already.
    private int shown;

    // Number of ids at the end of the window that have not shown their text yet.
    private int pending;

    /**
     * Creates a stream for text that stands on its own, such as the answer in a chat.
     * @param tokenizer decodes the ids; stays open as long as the stream is used
     */
    public TokenTextStream(TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Creates a stream for text that continues other text: a space between the two is
     * kept.
     * @param tokenizer decodes the ids; stays open as long as the stream is used
     * @param before the ids the text continues, for instance those of the prompt
     */
    public TokenTextStream(TextTokenizer tokenizer, int[] before) {
        this.tokenizer = tokenizer;
        int from = Math.max(0, before.length - OVERLAP);
        String text = tokenizer.decode(before, from, before.length);
        while (from > 0 && before.length - from < WINDOW && unusable(text)) {
            from--;
            text = tokenizer.decode(before, from, before.length);
        }
        this.size = before.length - from;
        System.arraycopy(before, from, this.window, 0, this.size);
        this.shown = text.length();
    }

    /**
     * Takes the next id.
     * @param id the token, at least 0
     * @return the text that is complete now, often one word, possibly empty
     */
    public String push(int id) {
        if (this.size == this.window.length) {
            this.window = Arrays.copyOf(this.window, 2 * this.size);
        }
        this.window[this.size++] = id;
        this.pending++;
        String text = decode(0);
        int complete = text.length();
        if (this.pending <= LONGEST_CHARACTER) {
            while (complete > 0 && text.charAt(complete - 1) == REPLACEMENT) {
                complete--;
            }
        }
        String increment = "";
        if (complete > this.shown) {
            increment = text.substring(this.shown, complete);
            this.shown = complete;
        }
        if (complete == text.length()) {
            this.pending = 0;
            cutWindow(text);
        }
        return increment;
    }

    /**
     * Ends the stream.
     * @return the text still held back: U+FFFD in place of a character that was never
     * finished
     */
    public String flush() {
        String text = decode(0);
        String rest = (text.length() > this.shown) ? text.substring(this.shown) : "";
        this.shown = text.length();
        this.pending = 0;
        return rest;
    }

    /**
     * Returns the number of ids that the next push decodes, for tests of the cost.
     * @return the size of the window
     */
    int windowSize() {
        return this.size;
    }

    private void cutWindow(String text) {
        if (this.size < WINDOW) {
            return;
        }
        // A character has at most 4 ids, so one of these cuts lies between two
        // characters.
        for (int keep = OVERLAP; keep <= 2 * OVERLAP; keep++) {
            String tail = decode(this.size - keep);
            if (!unusable(tail) && text.endsWith(tail)) {
                keepLast(keep, tail);
                return;
            }
        }
        if (this.size >= 4 * WINDOW) {
            // Invalid bytes all along: there is no character that the cut could break.
            keepLast(OVERLAP, decode(this.size - OVERLAP));
        }
    }

    private void keepLast(int keep, String tail) {
        System.arraycopy(this.window, this.size - keep, this.window, 0, keep);
        this.size = keep;
        this.shown = tail.length();
    }

    private String decode(int from) {
        return this.tokenizer.decode(this.window, from, this.size);
    }

    private static boolean unusable(String text) {
        return text.isEmpty() || text.charAt(0) == REPLACEMENT || text.charAt(text.length() - 1) == REPLACEMENT;
    }

}
