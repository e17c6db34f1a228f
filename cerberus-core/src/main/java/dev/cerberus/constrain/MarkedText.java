package dev.cerberus.constrain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An automaton of any text up to the first place where a marker stands, marker included.
 * Immutable and thread-safe.
 */
final class MarkedText extends ByteAutomaton {

    private final int[] table; // [marker bytes + 1][256]

    private final int length;

    private final boolean free;

    private final boolean open;

    /**
     * Creates an automaton.
     * @param marker the marker, not empty
     * @param free whether tokens without text may stand anywhere
     * @param open whether the text may end before the marker
     */
    MarkedText(String marker, boolean free, boolean open) {
        this.free = free;
        this.open = open;
        byte[] bytes = marker.getBytes(StandardCharsets.UTF_8);
        this.length = bytes.length;
        this.table = new int[(this.length + 1) * 256];
        // Knuth, Morris and Pratt: where the marker breaks off, it may have begun later.
        int fallback = 0;
        for (int state = 0; state < this.length; state++) {
            System.arraycopy(this.table, fallback * 256, this.table, state * 256, 256);
            if (state == 0) {
                Arrays.fill(this.table, 0, 256, 0);
            }
            int symbol = bytes[state] & 0xFF;
            int after = this.table[fallback * 256 + symbol];
            this.table[state * 256 + symbol] = state + 1;
            this.table[state * 256 + TokenVocabulary.MARK] = state; // it is no text
            fallback = (state == 0) ? 0 : after;
        }
        Arrays.fill(this.table, this.length * 256, this.table.length, NONE);
    }

    @Override
    int start() {
        return 0;
    }

    @Override
    int next(int state, int symbol) {
        return this.table[state * 256 + symbol];
    }

    @Override
    int label(int state) {
        return isLast(state) ? 0 : NONE;
    }

    @Override
    boolean isLast(int state) {
        return state == this.length;
    }

    @Override
    boolean isFreeText() {
        return this.free;
    }

    @Override
    boolean isOpen() {
        return this.open;
    }

}
