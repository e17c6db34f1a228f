package dev.cerberus.text;

/**
 * A detokenizer for tokens that are bytes of UTF-8 and nothing else. It reads these by
 * itself: a call of the tokenizer for each token takes longer than all else that is done
 * for it in Java. And the tokenizer gives up all characters of a run of fallback bytes if
 * one of them is invalid, also those that were shown before. Not thread-safe.
 */
final class ByteDetokenizer implements Detokenizer {

    private final TokenBytes bytes;

    private final StringBuilder text = new StringBuilder();

    private final Utf8Reader reader = new Utf8Reader(this::append);

    // Whether a blank that comes next is not shown.
    private boolean blankDropped;

    /**
     * Creates a detokenizer for text that continues other text.
     * @param tokenizer the tokenizer whose tokens are read
     * @param before the ids the text continues, none for text that stands on its own
     */
    ByteDetokenizer(TextTokenizer tokenizer, int[] before) {
        this.bytes = tokenizer.bytes();
        this.blankDropped = tokenizer.dropsFirstBlank();
        for (int id : before) {
            push(id);
        }
    }

    private void append(int character) {
        if (!this.blankDropped || character != ' ') {
            this.text.appendCodePoint(character);
        }
        this.blankDropped = false;
    }

    @Override
    public String push(int id) {
        this.text.setLength(0);
        this.reader.read(this.bytes.of(id));
        return this.text.toString();
    }

    @Override
    public String flush() {
        return (this.reader.unfinishedBytes() > 0) ? String.valueOf(Utf8Reader.REPLACEMENT) : "";
    }

}
