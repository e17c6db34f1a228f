package dev.cerberus.constrain;

/**
 * An automaton of one fixed text. Immutable and thread-safe.
 */
final class FixedBytes extends ByteAutomaton {

    private final byte[] bytes;

    /**
     * Creates an automaton.
     * @param bytes the text, at least one byte; not copied
     */
    FixedBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    int start() {
        return 0;
    }

    @Override
    int next(int state, int symbol) {
        return (state < this.bytes.length && (this.bytes[state] & 0xFF) == symbol) ? state + 1 : NONE;
    }

    @Override
    int label(int state) {
        return isLast(state) ? 0 : NONE;
    }

    @Override
    boolean isLast(int state) {
        return state == this.bytes.length;
    }

}
