package dev.cerberus.openai;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where the tokens of a text begin, in characters as Python counts them, not as Java
 * does. A token that begins within a character stands where that stands; what is no
 * character is U+FFFD in the text and counts as one. Not thread-safe.
 */
final class CharacterOffsets {

    private static final int LONGEST_CHARACTER = 4;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE);

    /** The bytes of a character that is not complete. */
    private final ByteBuffer begun = ByteBuffer.allocate(LONGEST_CHARACTER);

    private final CharBuffer complete = CharBuffer.allocate(LONGEST_CHARACTER);

    private int characters;

    /**
     * Returns where the next token begins.
     * @param utf8 its bytes, unsigned; none for a token without text
     * @return the number of characters before the one that it begins in
     */
    int next(List<Integer> utf8) {
        if (utf8.isEmpty()) {
            return this.characters;
        }
        read(utf8.get(0));
        int offset = (this.begun.position() > 0) ? this.characters : this.characters - 1;
        utf8.subList(1, utf8.size()).forEach(this::read);
        return offset;
    }

    private void read(int each) {
        this.begun.put((byte) each).flip();
        this.decoder.decode(this.begun, this.complete, false);
        this.begun.compact();
        this.complete.flip();
        this.characters += (int) this.complete.codePoints().count();
        this.complete.clear();
    }

}
