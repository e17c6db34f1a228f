package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Some of the tokens of a vocabulary, all made of characters of one kind. Immutable and
 * thread-safe.
 */
/*
 * Most tokens are a word, with or without a blank before it, or a few characters of
 * another script. Where a piece of a grammar takes any text of that kind and stays within
 * itself, all of them fit, and none needs to be looked at: that is found out by following
 * the automaton of the kind and that of the piece side by side, a handful of states.
 */
final class TokenSlice {

    /** More states than a piece has that takes any text. */
    private static final int MOST_PAIRS = 48;

    private static final Kind LOWER = kind(false, 'a', 'z');

    private static final Kind BLANK_LOWER = kind(true, 'a', 'z');

    private static final Kind WORDS = words();

    private final Kind kind;

    private final TokenTrie trie;

    private final long[] bits;

    private TokenSlice(Kind kind, TokenTrie trie, long[] bits) {
        this.kind = kind;
        this.trie = trie;
        this.bits = bits;
    }

    /**
     * What tokens of a slice look like, as an automaton that every text of the kind leads
     * through; it begins in state 0.
     */
    @FunctionalInterface
    private interface Kind {

        int next(int state, int symbol);

    }

    private static Kind kind(boolean blank, char first, char last) {
        return (state, symbol) -> {
            if (blank && state == 0) {
                return (symbol == ' ') ? 1 : ByteAutomaton.NONE;
            }
            return (symbol >= first && symbol <= last) ? 1 : ByteAutomaton.NONE;
        };
    }

    private static Kind words() {
        return (state, symbol) -> {
            boolean word = (symbol >= 'a' && symbol <= 'z') || (symbol >= 'A' && symbol <= 'Z')
                    || (symbol >= '0' && symbol <= '9');
            return (word || (state == 0 && symbol == ' ')) ? 1 : ByteAutomaton.NONE;
        };
    }

    /** Whole characters beyond ASCII, in the states of any JSON string. */
    private static int foreign(int state, int symbol) {
        TableAutomaton any = JsonStrings.ANY;
        int between = any.next(any.start(), '"');
        return (symbol < 0x80) ? ByteAutomaton.NONE : any.next((state == 0) ? between : state, symbol);
    }

    /**
     * Divides tokens.
     * @param texts bytes of all tokens
     * @param ids the tokens to divide, of whole characters that JSON strings hold as they
     * are
     * @return the slices; the last one holds what is of no kind
     */
    static List<TokenSlice> divide(byte[][] texts, int[] ids) {
        List<Kind> kinds = List.of(LOWER, BLANK_LOWER, WORDS, TokenSlice::foreign);
        List<Reach.Ints> tokens = new ArrayList<>();
        for (int i = 0; i <= kinds.size(); i++) {
            tokens.add(new Reach.Ints());
        }
        for (int id : ids) {
            int kind = 0;
            while (kind < kinds.size() && !isOf(kinds.get(kind), texts[id])) {
                kind++;
            }
            tokens.get(kind).add(id);
        }
        List<TokenSlice> slices = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            slices.add(slice(kinds.get(i), texts, tokens.get(i).toArray()));
        }
        slices.add(other(texts, tokens.get(kinds.size()).toArray()));
        return slices;
    }

    /** Returns a slice of tokens that are always looked at. */
    static TokenSlice other(byte[][] texts, int[] ids) {
        return slice((state, symbol) -> ByteAutomaton.NONE, texts, ids);
    }

    private static TokenSlice slice(Kind kind, byte[][] texts, int[] ids) {
        long[] bits = new long[(texts.length + 63) / 64];
        for (int id : ids) {
            TokenVocabulary.set(bits, id);
        }
        return new TokenSlice(kind, new TokenTrie(texts, ids), bits);
    }

    private static boolean isOf(Kind kind, byte[] text) {
        int state = 0;
        for (byte b : text) {
            state = kind.next(state, b & 0xFF);
            if (state < 0) {
                return false;
            }
        }
        return true;
    }

    TokenTrie trie() {
        return this.trie;
    }

    /** Returns the bits of the tokens; shared. */
    long[] bits() {
        return this.bits;
    }

    /**
     * Returns whether every text of the kind is within a piece, and none leaves it.
     * @param automaton the piece
     * @param from the state in which the text begins
     * @return {@code false} also where that takes too long to find out
     */
    boolean isWithin(ByteAutomaton automaton, int from) {
        List<long[]> pairs = new ArrayList<>();
        Set<Long> known = new HashSet<>();
        pairs.add(new long[] { from, 0 });
        boolean any = false;
        for (int i = 0; i < pairs.size(); i++) {
            int state = (int) pairs.get(i)[0];
            int kind = (int) pairs.get(i)[1];
            for (int symbol = 0; symbol < 256; symbol++) {
                int nextKind = this.kind.next(kind, symbol);
                if (nextKind < 0) {
                    continue;
                }
                any = true;
                int next = automaton.next(state, symbol);
                if (next < 0 || automaton.label(next) >= 0) {
                    return false;
                }
                if (known.add(((long) next << 32) | nextKind)) {
                    if (pairs.size() == MOST_PAIRS) {
                        return false;
                    }
                    pairs.add(new long[] { next, nextKind });
                }
            }
        }
        return any;
    }

}
