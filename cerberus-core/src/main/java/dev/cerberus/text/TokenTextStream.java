package dev.cerberus.text;

/**
 * Turns ids into text one by one, without ever showing half a character.
 *
 * <p>
 * The concatenation of all increments is the text of all ids. Of fallback bytes that are
 * no UTF-8 only the invalid ones are U+FFFD, one for each part of a character; decoded at
 * once, all of the run that they are in is. The cost is linear in the number of ids. Not
 * thread-safe: one per answer.
 */
public final class TokenTextStream {

    private final Detokenizer detokenizer;

    /**
     * Creates a stream for text that stands on its own, such as the answer in a chat.
     * @param tokenizer decodes the ids; stays open as long as the stream is used
     */
    public TokenTextStream(TextTokenizer tokenizer) {
        this(tokenizer, new int[0]);
    }

    /**
     * Creates a stream for text that continues other text: a space between the two is
     * kept.
     * @param tokenizer decodes the ids; stays open as long as the stream is used
     * @param before the ids the text continues, for instance those of the prompt
     */
    public TokenTextStream(TextTokenizer tokenizer, int[] before) {
        this.detokenizer = tokenizer.file().decoding().bytesOnly() ? new ByteDetokenizer(tokenizer, before)
                : new WindowDetokenizer(tokenizer, before);
    }

    /**
     * Takes the next id.
     * @param id the token, at least 0
     * @return the text that is complete now, often one word, possibly empty
     */
    public String push(int id) {
        return this.detokenizer.push(id);
    }

    /**
     * Ends the stream.
     * @return the text still held back: U+FFFD in place of a character that was never
     * finished
     */
    public String flush() {
        return this.detokenizer.flush();
    }

}
