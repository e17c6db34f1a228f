package dev.cerberus.tree;

import java.util.Arrays;

/**
 * A tree of token sequences with counts. Used by one thread.
 */
/*
 * Children are found by a hash of parent and token, with linear probing, and listed by a
 * chain from sibling to sibling.
 */
final class SuffixCounts {

    static final int ROOT = 0;

    private static final int NONE = -1;

    /** What followed longer ago is not looked at: among so many no guess is good. */
    private static final int MOST_FOLLOWERS = 32;

    private int[] tokens = new int[64]; // by node

    private int[] parents = new int[64]; // by node

    private int[] firstChildren = new int[64]; // by node

    private int[] nextSiblings = new int[64]; // by node

    private int[] counts = new int[64]; // by node

    private int[] table = new int[256]; // nodes by hash, ROOT where there is none

    private int nodes = 1;

    SuffixCounts() {
        this.firstChildren[ROOT] = NONE;
    }

    /** Returns the number of nodes, the root included. */
    int nodes() {
        return this.nodes;
    }

    /** Returns a child, which is made where there is none. */
    int child(int parent, int token) {
        int slot = slot(parent, token);
        if (this.table[slot] != ROOT) {
            return this.table[slot];
        }
        if (this.nodes == this.tokens.length) {
            grow();
        }
        int node = this.nodes++;
        this.tokens[node] = token;
        this.parents[node] = parent;
        this.firstChildren[node] = NONE;
        this.nextSiblings[node] = this.firstChildren[parent];
        this.firstChildren[parent] = node;
        this.table[slot] = node;
        if (2 * this.nodes > this.table.length) {
            rehash();
        }
        return node;
    }

    void count(int node) {
        this.counts[node]++;
    }

    /**
     * Counts what followed some tokens.
     * @param recent a text
     * @param match how many of its last tokens
     * @param followers takes what followed
     */
    void followers(int[] recent, int match, FollowerCounts followers) {
        int node = ROOT;
        for (int at = recent.length - match; at < recent.length; at++) {
            node = this.table[slot(node, recent[at])];
            if (node == ROOT) {
                return;
            }
        }
        int child = this.firstChildren[node];
        for (int seen = 0; child != NONE && seen < MOST_FOLLOWERS; seen++) {
            followers.add(this.tokens[child], this.counts[child]);
            child = this.nextSiblings[child];
        }
    }

    /** Returns where a child is, or would be. */
    private int slot(int parent, int token) {
        int hash = (parent * 0x9E3779B1 + token) * 0x85EBCA6B;
        int slot = (hash ^ (hash >>> 15)) & (this.table.length - 1);
        while (this.table[slot] != ROOT
                && (this.parents[this.table[slot]] != parent || this.tokens[this.table[slot]] != token)) {
            slot = (slot + 1) & (this.table.length - 1);
        }
        return slot;
    }

    private void grow() {
        int size = 2 * this.nodes;
        this.parents = Arrays.copyOf(this.parents, size);
        this.firstChildren = Arrays.copyOf(this.firstChildren, size);
        this.nextSiblings = Arrays.copyOf(this.nextSiblings, size);
        this.counts = Arrays.copyOf(this.counts, size);
        // last, since it tells whether there is room, also where memory ran out before
        this.tokens = Arrays.copyOf(this.tokens, size);
    }

    private void rehash() {
        this.table = new int[2 * this.table.length];
        for (int node = 1; node < this.nodes; node++) {
            this.table[slot(this.parents[node], this.tokens[node])] = node;
        }
    }

}
