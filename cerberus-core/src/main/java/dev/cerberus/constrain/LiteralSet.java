package dev.cerberus.constrain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * An automaton of some fixed texts, each with a label of its own.
 */
final class LiteralSet extends ByteAutomaton {

    private final byte[] symbols; // [edges], ascending within a state

    private final int[] targets; // [edges]

    private final int[] firstEdge; // [states + 1]

    private final int[] labels; // [states]

    /**
     * Creates an automaton.
     * @param texts different texts, at least one, none empty; the label of each is its
     * index
     */
    LiteralSet(List<String> texts) {
        byte[][] bytes = new byte[texts.size()][];
        Integer[] order = new Integer[bytes.length];
        int total = 1;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = texts.get(i).getBytes(StandardCharsets.UTF_8);
            order[i] = i;
            total += bytes[i].length;
        }
        Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]));
        byte[] edges = new byte[total];
        int[] next = new int[total];
        int[] first = new int[total + 1];
        int[] ends = new int[total];
        // A state is a range of texts that have their first bytes in common.
        int[] low = new int[total];
        int[] high = new int[total];
        int[] depth = new int[total];
        high[0] = bytes.length;
        int states = 1;
        int count = 0;
        for (int state = 0; state < states; state++) {
            first[state] = count;
            ends[state] = NONE;
            int at = low[state];
            while (at < high[state]) {
                byte[] text = bytes[order[at]];
                if (text.length == depth[state]) {
                    ends[state] = order[at++];
                    continue;
                }
                int end = at;
                while (end < high[state] && bytes[order[end]][depth[state]] == text[depth[state]]) {
                    end++;
                }
                edges[count] = text[depth[state]];
                next[count++] = states;
                low[states] = at;
                high[states] = end;
                depth[states++] = depth[state] + 1;
                at = end;
            }
        }
        first[states] = count;
        this.symbols = Arrays.copyOf(edges, count);
        this.targets = Arrays.copyOf(next, count);
        this.firstEdge = Arrays.copyOf(first, states + 1);
        this.labels = Arrays.copyOf(ends, states);
    }

    @Override
    int start() {
        return 0;
    }

    @Override
    int next(int state, int symbol) {
        int low = this.firstEdge[state];
        int high = this.firstEdge[state + 1] - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int at = this.symbols[middle] & 0xFF;
            if (at == symbol) {
                return this.targets[middle];
            }
            if (at < symbol) {
                low = middle + 1;
            }
            else {
                high = middle - 1;
            }
        }
        return NONE;
    }

    @Override
    int label(int state) {
        return this.labels[state];
    }

    @Override
    boolean isLast(int state) {
        return this.firstEdge[state] == this.firstEdge[state + 1];
    }

}
