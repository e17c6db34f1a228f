package dev.cerberus.text;

import java.util.function.IntConsumer;

/**
 * A reader of UTF-8 that knows whether the bytes so far end within a character. What is
 * not UTF-8 is read as U+FFFD, one for each maximal part of a character (The Unicode
 * Standard, section 3.9), as tokenizers do. Not thread-safe.
 */
final class Utf8Reader {

    static final char REPLACEMENT = '\uFFFD';

    private final IntConsumer characters;

    private int character; // its bits so far

    // Bytes that the character has and still lacks, and the range of the next one.
    private int present;

    private int missing;

    private int least = 0x80;

    private int most = 0xBF;

    /**
     * Creates a reader.
     * @param characters receives each character that is complete
     */
    Utf8Reader(IntConsumer characters) {
        this.characters = characters;
    }

    /** Takes some bytes. */
    void read(byte[] all) {
        for (byte each : all) {
            read(Byte.toUnsignedInt(each));
        }
    }

    private void read(int next) {
        if (this.missing == 0) {
            begin(next);
        }
        else if (next >= this.least && next <= this.most) {
            this.missing--;
            this.present++;
            this.least = 0x80;
            this.most = 0xBF;
            this.character = (this.character << 6) | (next & 0x3F);
            if (this.missing == 0) {
                this.characters.accept(this.character);
            }
        }
        else { // a byte that breaks a character off may begin one
            this.characters.accept(REPLACEMENT);
            begin(next);
        }
    }

    private void begin(int next) {
        this.present = 1;
        this.missing = (next >= 0xC2 && next <= 0xDF) ? 1
                : (next >= 0xE0 && next <= 0xEF) ? 2 : (next >= 0xF0 && next <= 0xF4) ? 3 : 0;
        this.least = (next == 0xE0) ? 0xA0 : (next == 0xF0) ? 0x90 : 0x80;
        this.most = (next == 0xED) ? 0x9F : (next == 0xF4) ? 0x8F : 0xBF;
        if (this.missing == 0) {
            this.characters.accept((next < 0x80) ? next : REPLACEMENT);
        }
        else {
            this.character = next & (0x3F >> this.missing);
        }
    }

    /** Returns how many bytes at the end are a character that is not complete. */
    int unfinishedBytes() {
        return (this.missing > 0) ? this.present : 0;
    }

}
