package dev.cerberus.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;

/**
 * A check of SentencePiece's precompiled character map, which native code follows without
 * looking at bounds.
 */
/*
 * The map is a length, a double-array trie of that many bytes in 32-bit little-endian
 * units, and the replacements, UTF-8 ended by zero bytes. A unit holds a label, the
 * distance to its children and whether a leaf is among them; a leaf's value is where its
 * replacement begins.
 */
final class CharacterMap {

    private CharacterMap() {
    }

    /**
     * Checks a map.
     * @param base64 the map as {@code tokenizer.json} spells it
     * @throws IllegalArgumentException if following it could leave it; the message says
     * why
     */
    static void check(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < Integer.BYTES) {
            throw new IllegalArgumentException("it is shorter than its length field");
        }
        int trieBytes = bytes.getInt();
        if (trieBytes < Integer.BYTES || trieBytes % Integer.BYTES != 0 || trieBytes > bytes.remaining()) {
            throw new IllegalArgumentException(
                    "its table claims " + Integer.toUnsignedString(trieBytes) + " of " + bytes.remaining() + " bytes");
        }
        int[] units = new int[trieBytes / Integer.BYTES];
        bytes.asIntBuffer().get(units);
        bytes.position(bytes.position() + trieBytes);
        byte[] replacements = new byte[bytes.remaining()];
        bytes.get(replacements);
        requireText(replacements);
        walk(units, replacements);
    }

    private static void requireText(byte[] replacements) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
            text.clear();
        }
        catch (CharacterCodingException ex) {
            throw new IllegalArgumentException("its replacements are not UTF-8", ex);
        }
    }

    private static void walk(int[] units, byte[] replacements) {
        BitSet seen = new BitSet(units.length);
        ArrayDeque<Integer> open = new ArrayDeque<>();
        enter(offset(units[0]), units, seen, open);
        while (!open.isEmpty()) {
            int node = open.remove();
            for (int label = 1; label < 256; label++) {
                int at = node ^ label;
                if (label(units[at]) != label) {
                    continue;
                }
                int next = at ^ offset(units[at]);
                enter(next, units, seen, open);
                if (hasLeaf(units[at])) {
                    requireReplacement(value(units[next]), replacements);
                }
            }
        }
    }

    /** Any byte may come next, and its unit is read before its label is compared. */
    private static void enter(int node, int[] units, BitSet seen, ArrayDeque<Integer> open) {
        if (node < 0 || (node | 0xFF) >= units.length) {
            throw new IllegalArgumentException("its table points outside itself");
        }
        if (!seen.get(node)) {
            seen.set(node);
            open.add(node);
        }
    }

    private static void requireReplacement(int index, byte[] replacements) {
        boolean inside = index < replacements.length && (replacements[index] & 0xC0) != 0x80;
        if (!inside) {
            throw new IllegalArgumentException("its table points outside the replacements");
        }
    }

    private static boolean hasLeaf(int unit) {
        return ((unit >>> 8) & 1) == 1;
    }

    private static int value(int unit) {
        return unit & Integer.MAX_VALUE;
    }

    private static int label(int unit) {
        return unit & (Integer.MIN_VALUE | 0xFF);
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
    }

}
