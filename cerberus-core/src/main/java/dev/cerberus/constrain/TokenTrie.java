package dev.cerberus.constrain;

import java.util.Arrays;

/**
 * The texts of tokens as a tree of bytes, in the order in which it is walked. Immutable.
 */
/*
 * Node 0 is the root. A node's first child directly follows it, and skip leads to the
 * first node that is not below it, so a walk is one loop over the nodes. All that a walk
 * reads of a node is one number, since walks wait for memory:
 *
 * skip (32 bits) | depth (15) | whether tokens end here (1) | symbol (8)
 */
final class TokenTrie {

    private static final long TOKEN = 1L << 8;

    private final long[] nodes;

    private final int[] firstToken; // [nodes + 1], into tokens

    private final int[] tokens;

    private final int deepest;

    /**
     * Creates a tree.
     * @param texts bytes of all tokens; not changed
     * @param ids the tokens to take, each with at least one byte
     */
    TokenTrie(byte[][] texts, int[] ids) {
        Integer[] order = Arrays.stream(ids).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(texts[a], texts[b]));
        int nodes = 1;
        int longest = 0;
        for (int i = 0; i < order.length; i++) {
            byte[] text = texts[order[i]];
            int common = (i == 0) ? 0 : common(texts[order[i - 1]], text);
            nodes += text.length - common;
            longest = Math.max(longest, text.length);
        }
        this.nodes = new long[nodes];
        this.firstToken = new int[nodes + 1];
        this.tokens = new int[order.length];
        this.deepest = longest;
        int[] path = new int[longest + 1]; // nodes on the way to the last token
        int node = 1;
        int filled = 0;
        for (int i = 0; i < order.length; i++) {
            byte[] text = texts[order[i]];
            int common = (i == 0) ? 0 : common(texts[order[i - 1]], text);
            if (i > 0 && common == text.length && common == texts[order[i - 1]].length) {
                this.tokens[filled++] = order[i]; // the same text twice
                continue;
            }
            if (i > 0) {
                for (int d = common + 1; d <= texts[order[i - 1]].length; d++) {
                    this.nodes[path[d]] |= (long) node << 32;
                }
            }
            for (int d = common; d < text.length; d++) {
                this.nodes[node] = ((long) (d + 1) << 16) | (text[d] & 0xFF) | ((d == text.length - 1) ? TOKEN : 0);
                this.firstToken[node] = filled;
                path[d + 1] = node++;
            }
            this.tokens[filled++] = order[i];
        }
        if (order.length > 0) {
            for (int d = 1; d <= texts[order[order.length - 1]].length; d++) {
                this.nodes[path[d]] |= (long) node << 32;
            }
        }
        this.nodes[0] = (long) node << 32;
        this.firstToken[node] = filled;
    }

    private static int common(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return (mismatch < 0) ? a.length : mismatch;
    }

    /** Returns the number of nodes, the root included. */
    int nodes() {
        return this.nodes.length;
    }

    /** Returns what a walk reads of a node; to be asked for its parts. */
    long node(int node) {
        return this.nodes[node];
    }

    static int symbolOf(long node) {
        return (int) node & 0xFF;
    }

    /** Returns whether tokens end in a node. */
    static boolean hasTokens(long node) {
        return (node & TOKEN) != 0;
    }

    static int depthOf(long node) {
        return (int) node >>> 16;
    }

    static int skipOf(long node) {
        return (int) (node >>> 32);
    }

    int symbol(int node) {
        return symbolOf(this.nodes[node]);
    }

    /** Returns the node after the last one below a node. */
    int skip(int node) {
        return skipOf(this.nodes[node]);
    }

    /** Returns the number of bytes from the root to a node. */
    int depth(int node) {
        return depthOf(this.nodes[node]);
    }

    boolean hasChildren(int node) {
        return skip(node) > node + 1;
    }

    /** Returns the index of the first token that ends in a node. */
    int firstToken(int node) {
        return this.firstToken[node];
    }

    /** Returns the index after the last token that ends in a node. */
    int endToken(int node) {
        return this.firstToken[node + 1];
    }

    int token(int index) {
        return this.tokens[index];
    }

    /** Returns the length of the longest text in bytes. */
    int deepest() {
        return this.deepest;
    }

    /** Returns the child of a node by its byte; 0 if there is none. */
    int child(int node, int symbol) {
        int child = node + 1;
        while (child < skip(node)) {
            int at = symbol(child);
            if (at == symbol) {
                return child;
            }
            if (at > symbol) {
                return 0;
            }
            child = skip(child);
        }
        return 0;
    }

}
