package dev.cerberus.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * The bytes that each token adds to a text, where a character may be spread over several
 * tokens. Immutable and thread-safe.
 */
final class TokenBytes {

    private static final byte[] NONE = {};

    private final byte[][] bytes;

    private final boolean byteLevel;

    /**
     * Creates the table of a tokenizer.
     * @param file the tokenizer's file
     */
    TokenBytes(TokenizerFile file) {
        int size = 1 + file.ids().values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        this.bytes = new byte[size][];
        Arrays.fill(this.bytes, NONE);
        this.byteLevel = file.decoding().byteLevel();
        short[] byteOfCharacter = file.decoding().byteLevel() ? byteLevel() : new short[0];
        for (Map.Entry<String, Integer> token : file.ids().entrySet()) {
            this.bytes[token.getValue()] = bytes(token.getKey(), file.decoding(), byteOfCharacter);
        }
        file.addedTokens().stream().filter(TokenizerFile.AddedToken::special).forEach((token) -> {
            this.bytes[token.id()] = NONE;
        });
    }

    private static byte[] bytes(String token, TokenDecoding decoding, short[] byteOfCharacter) {
        if (decoding.byteLevel()) {
            byte[] result = new byte[token.length()];
            for (int i = 0; i < result.length; i++) {
                char c = token.charAt(i);
                if (c >= byteOfCharacter.length || byteOfCharacter[c] < 0) {
                    return token.getBytes(StandardCharsets.UTF_8);
                }
                result[i] = (byte) byteOfCharacter[c];
            }
            return result;
        }
        if (decoding.byteFallback() && token.matches("<0x[0-9A-Fa-f]{2}>")) {
            return new byte[] { (byte) Integer.parseInt(token.substring(3, 5), 16) };
        }
        String text = decoding.lowBlank() ? token.replace('\u2581', ' ') : token;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /*
     * Byte-level tokenizers write each byte as a visible character: itself where it is
     * one in Latin-1, else the next one from U+0100 on.
     */
    private static short[] byteLevel() {
        short[] table = new short[256 + 256];
        Arrays.fill(table, (short) -1);
        int shifted = 256;
        for (int b = 0; b < 256; b++) {
            boolean visible = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            table[visible ? b : shifted++] = (short) b;
        }
        return table;
    }

    /**
     * Returns whether a token may hold parts of several characters; else it is one byte
     * or made of whole characters.
     */
    boolean straddling() {
        return this.byteLevel;
    }

    /**
     * Returns the bytes that a token adds to the text. Where the text is not that of its
     * tokens, one after the other, only how they are divided into characters counts.
     * @param id the token, at least 0
     * @return empty for a token that decoding leaves out; not to be changed
     */
    byte[] of(int id) {
        return (id < this.bytes.length) ? this.bytes[id] : NONE;
    }

    /** Returns the bytes of all tokens by id. */
    byte[][] all() {
        return this.bytes.clone();
    }

}
