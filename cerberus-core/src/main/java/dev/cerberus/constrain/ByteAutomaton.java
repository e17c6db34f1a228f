package dev.cerberus.constrain;

import java.util.OptionalInt;

/**
 * A deterministic automaton over bytes, none of whose states is a dead end: what one
 * piece of a grammar may look like. Immutable and thread-safe.
 */
abstract class ByteAutomaton {

    /** Stands for the state after a byte that is not allowed, and for no label. */
    static final int NONE = -1;

    /** More characters than any token has. */
    static final int ANY_NUMBER = Integer.MAX_VALUE;

    /** Returns the first state. */
    abstract int start();

    /** Returns the state after a byte, in 0..255; {@link #NONE} if it is not allowed. */
    abstract int next(int state, int symbol);

    /** Returns which piece may be over in a state; {@link #NONE} if none may. */
    abstract int label(int state);

    /** Returns whether a state has no way on. */
    abstract boolean isLast(int state);

    /**
     * Returns how many characters that need no escape in a JSON string may follow,
     * whatever they are, without any coming to the end of the piece.
     */
    int freeCharacters(int state) {
        return 0;
    }

    /**
     * Returns after how few bytes the piece may be over, with the label 0.
     * @param state where it stands
     * @return bytes; empty where there may be other labels, or it has to be searched for
     */
    OptionalInt bytesToEnd(int state) {
        return OptionalInt.empty();
    }

    /** Returns whether tokens without text may stand anywhere. */
    boolean isFreeText() {
        return false;
    }

    /** Returns whether the text may end anywhere, where nothing else must follow. */
    boolean isOpen() {
        return false;
    }

    /**
     * Finds the tokens that stay within the piece, and the nodes where others leave it.
     * @param trie the tokens
     * @param state where they begin
     * @param found receives them
     */
    void walk(TokenTrie trie, int state, Reach.Found found) {
        int[] states = new int[trie.deepest() + 1];
        states[0] = state;
        int end = trie.nodes();
        int at = 1;
        while (at < end) {
            long node = trie.node(at);
            int depth = TokenTrie.depthOf(node);
            int next = next(states[depth - 1], TokenTrie.symbolOf(node));
            if (next < 0) {
                at = TokenTrie.skipOf(node);
                continue;
            }
            states[depth] = next;
            found.add(trie, at, node, label(next));
            at = isLast(next) ? TokenTrie.skipOf(node) : at + 1;
        }
    }

    /** Returns whether many grammars have this automaton in common. */
    boolean isShared() {
        return false;
    }

}
