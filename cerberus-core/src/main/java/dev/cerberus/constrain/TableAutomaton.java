package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/**
 * An automaton as a table, with bytes that are always treated alike in one column.
 */
final class TableAutomaton extends ByteAutomaton {

    private static final int BYTES = 256;

    private final short[] column = new short[BYTES];

    private final int columns;

    private final int[] table; // [states · columns]

    private final boolean[] accepting;

    private final boolean[] last;

    private final int free; // the state in which any plain character may follow, or NONE

    private final boolean shared;

    private volatile int @Nullable [] bytesToEnd; // [states], once somebody has asked

    /**
     * Creates an automaton.
     * @param rows next states, [states][256]
     * @param accepting whether the piece may be over, [states]
     * @param free the state to which every plain character leads back, or {@link #NONE}
     * @param shared whether many grammars have it in common
     */
    TableAutomaton(List<int[]> rows, List<Boolean> accepting, int free, boolean shared) {
        int n = rows.size();
        Map<Integer, Integer> classes = new HashMap<>();
        Map<Integer, int[]> samples = new HashMap<>();
        for (int b = 0; b < BYTES; b++) {
            int[] values = new int[n];
            for (int i = 0; i < n; i++) {
                values[i] = rows.get(i)[b];
            }
            int key = Arrays.hashCode(values);
            while (samples.containsKey(key) && !Arrays.equals(samples.get(key), values)) {
                key++;
            }
            samples.put(key, values);
            Integer known = classes.putIfAbsent(key, classes.size());
            this.column[b] = (short) ((known != null) ? known : classes.size() - 1);
        }
        this.columns = classes.size();
        this.table = new int[n * this.columns];
        this.accepting = new boolean[n];
        this.last = new boolean[n];
        for (int i = 0; i < n; i++) {
            this.accepting[i] = accepting.get(i);
            this.last[i] = true;
            for (int b = 0; b < BYTES; b++) {
                this.table[i * this.columns + this.column[b]] = rows.get(i)[b];
                this.last[i] &= rows.get(i)[b] < 0;
            }
        }
        this.free = free;
        this.shared = shared;
    }

    @Override
    int start() {
        return 0;
    }

    @Override
    int next(int state, int symbol) {
        return this.table[state * this.columns + this.column[symbol]];
    }

    @Override
    int label(int state) {
        return this.accepting[state] ? 0 : NONE;
    }

    @Override
    boolean isLast(int state) {
        return this.last[state];
    }

    @Override
    int freeCharacters(int state) {
        return (state == this.free) ? ANY_NUMBER : 0;
    }

    @Override
    OptionalInt bytesToEnd(int state) {
        int[] known = this.bytesToEnd;
        if (known == null) {
            known = distances();
            this.bytesToEnd = known;
        }
        return (known[state] < 0) ? OptionalInt.empty() : OptionalInt.of(known[state]);
    }

    /** Returns for each state how far the next end is, found from the ends backwards. */
    private int[] distances() {
        int n = states();
        List<List<Integer>> before = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            before.add(new ArrayList<>());
        }
        for (int i = 0; i < this.table.length; i++) {
            if (this.table[i] >= 0) {
                before.get(this.table[i]).add(i / this.columns);
            }
        }
        int[] distances = new int[n];
        Arrays.fill(distances, NONE);
        int[] queue = new int[n];
        int end = 0;
        for (int i = 0; i < n; i++) {
            if (this.accepting[i]) {
                distances[i] = 0;
                queue[end++] = i;
            }
        }
        for (int at = 0; at < end; at++) {
            for (int state : before.get(queue[at])) {
                if (distances[state] < 0) {
                    distances[state] = distances[queue[at]] + 1;
                    queue[end++] = state;
                }
            }
        }
        return distances;
    }

    /** The same with the table at hand: most of the time of masks is spent here. */
    @Override
    void walk(TokenTrie trie, int state, Reach.Found found) {
        int[] rows = new int[trie.deepest() + 1]; // where the rows of states begin
        rows[0] = state * this.columns;
        int end = trie.nodes();
        int at = 1;
        while (at < end) {
            long node = trie.node(at);
            int depth = TokenTrie.depthOf(node);
            int next = this.table[rows[depth - 1] + this.column[TokenTrie.symbolOf(node)]];
            if (next < 0) {
                at = TokenTrie.skipOf(node);
                continue;
            }
            rows[depth] = next * this.columns;
            if (this.accepting[next] || TokenTrie.hasTokens(node)) {
                found.add(trie, at, node, this.accepting[next] ? 0 : NONE);
            }
            at = this.last[next] ? TokenTrie.skipOf(node) : at + 1;
        }
    }

    @Override
    boolean isShared() {
        return this.shared;
    }

    int states() {
        return this.accepting.length;
    }

}
