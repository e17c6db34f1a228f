package dev.cerberus.tree;

import java.util.Arrays;

/**
 * The tokens that one decode step verifies: a root token and draft tokens below it.
 *
 * <p>
 * Node 0 is the root, at depth 0. Parents come before children. A node's first child
 * directly follows it, so a path along first children occupies consecutive nodes, and
 * consecutive rows of the KV cache. Immutable and thread-safe.
 */
public final class CandidateTree {

    private final int[] tokens; // [nodes]

    private final int[] parents; // [nodes], parents[0] is unused

    private final int[] depths; // [nodes]

    private CandidateTree(int[] tokens, int[] parents) {
        this.tokens = tokens;
        this.parents = parents;
        this.depths = new int[tokens.length];
        for (int i = 1; i < tokens.length; i++) {
            if (parents[i] < 0 || parents[i] >= i) {
                throw new IllegalArgumentException(
                        "the parent of node " + i + " must be an earlier node, was " + parents[i]);
            }
            this.depths[i] = this.depths[parents[i]] + 1;
        }
    }

    /**
     * Returns the tree of a plain step.
     * @param rootToken the token that the target model already chose
     * @return a tree of one node
     */
    public static CandidateTree rootOnly(int rootToken) {
        return new CandidateTree(new int[] { rootToken }, new int[1]);
    }

    /**
     * Returns a tree of the given nodes.
     * @param tokens token ids, [nodes]; the first is the root token
     * @param parents index of every node's parent, [nodes]; the first entry is ignored
     * @return the tree
     * @throws IllegalArgumentException if there is no node, or a parent does not come
     * before its child
     */
    public static CandidateTree of(int[] tokens, int[] parents) {
        if (tokens.length == 0 || tokens.length != parents.length) {
            throw new IllegalArgumentException("a tree needs one parent per token and at least the root, was "
                    + tokens.length + " tokens and " + parents.length + " parents");
        }
        return new CandidateTree(tokens.clone(), parents.clone());
    }

    /**
     * Returns the number of nodes, the root included.
     * @return at least 1
     */
    public int nodeCount() {
        return this.tokens.length;
    }

    /**
     * Returns the token of a node.
     * @param node the node
     * @return the token id
     */
    public int token(int node) {
        return this.tokens[node];
    }

    /**
     * Returns the parent of a node.
     * @param node a node other than the root
     * @return the parent's index, smaller than the node's
     */
    public int parent(int node) {
        if (node == 0) {
            throw new IllegalArgumentException("the root has no parent");
        }
        return this.parents[node];
    }

    /**
     * Returns the draft tokens on the path to a node.
     * @param node the node
     * @return token ids below the root, the node's own last; none for the root
     */
    public int[] tokensTo(int node) {
        int[] path = new int[depth(node)];
        int at = node;
        for (int i = path.length - 1; i >= 0; i--) {
            path[i] = this.tokens[at];
            at = this.parents[at];
        }
        return path;
    }

    /**
     * Returns the number of edges between the root and a node.
     * @param node the node
     * @return 0 for the root
     */
    public int depth(int node) {
        return this.depths[node];
    }

    /**
     * Returns the depth of the deepest node.
     * @return 0 for a tree of one node
     */
    public int maxDepth() {
        return Arrays.stream(this.depths).max().getAsInt();
    }

    /**
     * Returns the token ids of all nodes.
     * @return a new array, [nodes]
     */
    public int[] tokens() {
        return this.tokens.clone();
    }

    /**
     * Returns the depths of all nodes.
     * @return a new array, [nodes]
     */
    public int[] depths() {
        return this.depths.clone();
    }

    /**
     * Returns whether the tree is one path: every node the only child of its predecessor.
     * @return whether no node has a sibling
     */
    public boolean isPath() {
        for (int i = 1; i < this.parents.length; i++) {
            if (this.parents[i] != i - 1) {
                return false;
            }
        }
        return true;
    }

}
