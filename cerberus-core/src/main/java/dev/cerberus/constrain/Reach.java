package dev.cerberus.constrain;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * How far the tokens of a vocabulary get within one piece of text, from one state of its
 * automaton: which stay inside, and where others leave it. It does not depend on what
 * follows the piece, and is kept. Immutable.
 */
final class Reach {

    private static final int[] NO_TOKENS = {};

    private static final long[] NO_BITS = {};

    /** From so many tokens on, bits are smaller than a list. */
    private static final int MANY_SHARE = 40;

    private final long[] bits; // tokens inside; shared with others

    private final int[] tokens; // further ones

    private final int[] leaving; // nodes at which the piece may be over and tokens go on

    private final int[] labels; // of these

    private final int[] slices; // whose trees the nodes are of

    private Reach(long[] bits, int[] tokens, Found found) {
        this.bits = bits;
        this.tokens = tokens;
        this.leaving = found.leaving.toArray();
        this.labels = found.labels.toArray();
        this.slices = found.slices.toArray();
    }

    static Reach of(ByteAutomaton automaton, int state, TokenVocabulary vocabulary) {
        Found found = new Found();
        int free = automaton.freeCharacters(state);
        int last = vocabulary.slices() - 1;
        long[] bits = NO_BITS;
        if (free > 0) {
            bits = vocabulary.plainUpTo(free);
            found.inside.addAll(vocabulary.longerUpTo(free));
        }
        for (int i = (free > 0) ? last : 0; i <= last; i++) {
            TokenSlice slice = vocabulary.slice(i);
            if (slice.isWithin(automaton, state)) {
                bits = (bits.length == 0) ? slice.bits() : both(bits, slice.bits());
            }
            else {
                found.slice = i;
                automaton.walk(slice.trie(), state, found);
            }
        }
        if (found.inside.size() <= vocabulary.size() / MANY_SHARE) {
            return new Reach(bits, found.inside.toArray(), found);
        }
        long[] all = Arrays.copyOf(bits, (vocabulary.size() + 63) / 64);
        found.inside.forEach((token) -> TokenVocabulary.set(all, token));
        return new Reach(all, NO_TOKENS, found);
    }

    private static long[] both(long[] bits, long[] others) {
        long[] both = bits.clone();
        for (int i = 0; i < both.length; i++) {
            both[i] |= others[i];
        }
        return both;
    }

    boolean sameAs(Reach other) {
        return Arrays.equals(this.bits, other.bits) && Arrays.equals(this.tokens, other.tokens)
                && Arrays.equals(this.leaving, other.leaving) && Arrays.equals(this.labels, other.labels)
                && Arrays.equals(this.slices, other.slices);
    }

    long[] bits() {
        return this.bits;
    }

    int[] tokens() {
        return this.tokens;
    }

    int leavings() {
        return this.leaving.length;
    }

    int leavingNode(int index) {
        return this.leaving[index];
    }

    int leavingLabel(int index) {
        return this.labels[index];
    }

    int leavingSlice(int index) {
        return this.slices[index];
    }

    /** What a walk has found. */
    static final class Found {

        private final Ints inside = new Ints();

        private final Ints leaving = new Ints();

        private final Ints labels = new Ints();

        private final Ints slices = new Ints();

        private int slice; // the one that is walked

        /** Takes a node that is reached. */
        void add(TokenTrie trie, int at, long node, int label) {
            if (TokenTrie.hasTokens(node)) {
                int end = trie.endToken(at);
                for (int i = trie.firstToken(at); i < end; i++) {
                    this.inside.add(trie.token(i));
                }
            }
            if (label >= 0 && TokenTrie.skipOf(node) > at + 1) {
                this.leaving.add(at);
                this.labels.add(label);
                this.slices.add(this.slice);
            }
        }

    }

    /** A growing list of numbers. */
    static final class Ints {

        private int[] values = new int[16];

        private int size;

        void add(int value) {
            if (this.size == this.values.length) {
                this.values = Arrays.copyOf(this.values, 2 * this.size);
            }
            this.values[this.size++] = value;
        }

        void addAll(int[] more) {
            for (int value : more) {
                add(value);
            }
        }

        int size() {
            return this.size;
        }

        void forEach(IntConsumer action) {
            for (int i = 0; i < this.size; i++) {
                action.accept(this.values[i]);
            }
        }

        int[] toArray() {
            return Arrays.copyOf(this.values, this.size);
        }

    }

}
