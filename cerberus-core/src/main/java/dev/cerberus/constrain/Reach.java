package dev.cerberus.constrain;

import java.util.Arrays;

/**
 * How far the tokens of a vocabulary get within one piece of text, from one state of its
 * automaton: which stay inside, and where others leave it. It does not depend on what
 * follows the piece, and is kept. Immutable.
 */
final class Reach {

    private static final int[] NO_TOKENS = {};

    /** From so many tokens on, bits are smaller than a list. */
    private static final int MANY_SHARE = 40;

    private final long[] bits; // tokens inside; shared with others

    private final int[] tokens; // further ones

    private final int[] leaving; // nodes at which the piece may be over and tokens go on

    private final int[] labels; // of these

    private final int plainLeaving; // how many of them are nodes of the plain tree

    private Reach(long[] bits, int[] tokens, int[] leaving, int[] labels, int plainLeaving) {
        this.bits = bits;
        this.tokens = tokens;
        this.leaving = leaving;
        this.labels = labels;
        this.plainLeaving = plainLeaving;
    }

    static Reach of(ByteAutomaton automaton, int state, TokenVocabulary vocabulary) {
        Walk walk = new Walk(automaton);
        int free = automaton.freeCharacters(state);
        long[] bits = new long[0];
        if (free > 0) {
            bits = vocabulary.plainUpTo(free);
            walk.inside.addAll(vocabulary.longerUpTo(free));
        }
        else {
            walk.run(vocabulary.plain(), state);
        }
        int plainLeaving = walk.leaving.size();
        walk.run(vocabulary.rest(), state);
        int[] tokens = walk.inside.toArray();
        if (bits.length == 0 && tokens.length > vocabulary.size() / MANY_SHARE) {
            bits = new long[(vocabulary.size() + 63) / 64];
            for (int token : tokens) {
                TokenVocabulary.set(bits, token);
            }
            tokens = NO_TOKENS;
        }
        return new Reach(bits, tokens, walk.leaving.toArray(), walk.labels.toArray(), plainLeaving);
    }

    boolean sameAs(Reach other) {
        return this.bits == other.bits && this.plainLeaving == other.plainLeaving
                && Arrays.equals(this.tokens, other.tokens) && Arrays.equals(this.leaving, other.leaving)
                && Arrays.equals(this.labels, other.labels);
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

    boolean leavesPlain(int index) {
        return index < this.plainLeaving;
    }

    private static final class Walk {

        private final ByteAutomaton automaton;

        private final Ints inside = new Ints();

        private final Ints leaving = new Ints();

        private final Ints labels = new Ints();

        Walk(ByteAutomaton automaton) {
            this.automaton = automaton;
        }

        void run(TokenTrie trie, int state) {
            int[] states = new int[trie.deepest() + 1];
            states[0] = state;
            int node = 1;
            int nodes = trie.nodes();
            while (node < nodes) {
                int depth = trie.depth(node);
                int before = states[depth - 1];
                int next = (before >= 0) ? this.automaton.next(before, trie.symbol(node)) : ByteAutomaton.NONE;
                if (next < 0) {
                    node = trie.skip(node);
                    continue;
                }
                states[depth] = next;
                for (int i = trie.firstToken(node); i < trie.endToken(node); i++) {
                    this.inside.add(trie.token(i));
                }
                int label = this.automaton.label(next);
                if (label >= 0 && trie.hasChildren(node)) {
                    this.leaving.add(node);
                    this.labels.add(label);
                }
                node = this.automaton.isLast(next) ? trie.skip(node) : node + 1;
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

        int[] toArray() {
            return Arrays.copyOf(this.values, this.size);
        }

    }

}
