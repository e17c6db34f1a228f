package dev.cerberus.text;

/**
 * A detokenizer for tokens that are bytes of UTF-8 and nothing else. It reads these by
 * itself: a call of the tokenizer for each token takes longer than all else that is done
 * for it in Java. Not thread-safe.
 */
final class ByteDetokenizer implements Detokenizer {

    private final TokenBytes bytes;

    private final StringBuilder text = new StringBuilder();

    private final Utf8Reader reader = new Utf8Reader(this.text::appendCodePoint);

    /**
     * Creates a detokenizer for text that continues other text.
     * @param bytes the tokens' bytes
     * @param before the ids the text continues, none for text that stands on its own
     */
    ByteDetokenizer(TokenBytes bytes, int[] before) {
        this.bytes = bytes;
        for (int id : before) {
            push(id);
        }
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
