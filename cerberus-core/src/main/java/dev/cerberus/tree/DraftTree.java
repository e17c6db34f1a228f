package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Optional;

/**
 * Everything that is proposed at one step, the most promising nodes first.
 *
 * <p>
 * Nodes are ordered by path probability, descending, a parent before its children; any
 * prefix of the nodes is therefore a tree, and the best one of its size. Node indices
 * here count draft nodes only. Immutable and thread-safe.
 */
public final class DraftTree {

    private final int rootToken;

    private final int[] tokens; // [nodes]

    private final int[] parents; // [nodes], 0 = root, else index + 1

    private final double[] pathProbabilities; // [nodes], 0..1

    private final Optional<DraftSource[]> sources; // [nodes]; empty for the heads alone

    private final double headConfidence;

    private final double headEntropyNats; // of heads without candidates

    private final Optional<HeadCandidates> candidates;

    /**
     * Creates a draft of heads that run one after another.
     * @param rootToken token of the root
     * @param tokens token ids, [nodes]
     * @param parents index of every node's parent plus 1; 0 for children of the root,
     * [nodes]
     * @param pathProbabilities product of the head probabilities from the root to each
     * node, [nodes], in 0..1, not increasing unless the shape is static
     * @param headConfidence largest probability of the first head, in 0..1
     * @param headEntropyNats entropy of the first head, in nats
     */
    public DraftTree(int rootToken, int[] tokens, int[] parents, double[] pathProbabilities, double headConfidence,
            double headEntropyNats) {
        this(rootToken, tokens, parents, pathProbabilities, Optional.empty(), headConfidence, headEntropyNats,
                Optional.empty());
    }

    /** Creates a draft of parallel heads, whose entropy is computed when asked for. */
    DraftTree(int rootToken, int[] tokens, int[] parents, double[] pathProbabilities, Optional<DraftSource[]> sources,
            double headConfidence, HeadCandidates candidates) {
        this(rootToken, tokens, parents, pathProbabilities, sources, headConfidence, 0, Optional.of(candidates));
    }

    private DraftTree(int rootToken, int[] tokens, int[] parents, double[] pathProbabilities,
            Optional<DraftSource[]> sources, double headConfidence, double headEntropyNats,
            Optional<HeadCandidates> candidates) {
        if (tokens.length != parents.length || tokens.length != pathProbabilities.length) {
            throw new IllegalArgumentException("tokens, parents and path probabilities must have one length, were "
                    + tokens.length + ", " + parents.length + " and " + pathProbabilities.length);
        }
        for (int i = 0; i < parents.length; i++) {
            if (parents[i] < 0 || parents[i] > i) {
                throw new IllegalArgumentException("the parent of draft node " + i + " must come before it");
            }
        }
        this.rootToken = rootToken;
        this.tokens = tokens.clone();
        this.parents = parents.clone();
        this.pathProbabilities = pathProbabilities.clone();
        this.sources = sources;
        this.headConfidence = headConfidence;
        this.headEntropyNats = headEntropyNats;
        this.candidates = candidates;
    }

    /**
     * Returns the number of draft nodes; the root is not counted.
     * @return 0 or more
     */
    public int nodeCount() {
        return this.tokens.length;
    }

    /**
     * Returns the token of the root.
     * @return the token id
     */
    public int rootToken() {
        return this.rootToken;
    }

    /**
     * Returns the token of a node.
     * @param node the draft node
     * @return the token id
     */
    public int token(int node) {
        return this.tokens[node];
    }

    /**
     * Returns the parent of a node.
     * @param node the draft node
     * @return 0 for the root, else the parent's index plus 1
     */
    public int parent(int node) {
        return this.parents[node];
    }

    /**
     * Returns the product of the head probabilities along a node's path.
     * @param node the draft node
     * @return in 0..1
     */
    public double pathProbability(int node) {
        return this.pathProbabilities[node];
    }

    /**
     * Returns who proposed a node.
     * @param node the draft node
     * @return the source that was surest of it
     */
    public DraftSource source(int node) {
        return this.sources.map((all) -> all[node]).orElse(DraftSource.HEADS);
    }

    /**
     * Returns the path probabilities of all nodes.
     * @return a new array, [nodes]
     */
    public double[] pathProbabilities() {
        return this.pathProbabilities.clone();
    }

    /**
     * Returns the number of accepted draft tokens that the heads expect of the first
     * nodes.
     * @param nodes how many nodes would be verified, at most {@link #nodeCount()}
     * @return the sum of their path probabilities
     */
    public double expectation(int nodes) {
        checkCount(nodes);
        double sum = 0;
        for (int i = 0; i < nodes; i++) {
            sum += this.pathProbabilities[i];
        }
        return sum;
    }

    /**
     * Returns the largest probability of the first head.
     * @return in 0..1
     */
    public double headConfidence() {
        return this.headConfidence;
    }

    /**
     * Returns the entropy of the first head.
     * @return nats, 0 or more
     */
    public double headEntropyNats() {
        return this.candidates.map(HeadCandidates::headEntropyNats).orElse(this.headEntropyNats);
    }

    /**
     * Returns what the nodes were chosen from.
     * @return the candidates of all heads; empty for heads that run one after another
     */
    public Optional<HeadCandidates> candidates() {
        return this.candidates;
    }

    /**
     * Returns the tree to verify: the root and the first nodes, in depth-first order with
     * the most probable child first, so that the likeliest path is a run of consecutive
     * nodes.
     * @param nodes number of draft nodes, at most {@link #nodeCount()}
     * @return the candidate tree with {@code nodes + 1} nodes
     */
    public CandidateTree best(int nodes) {
        checkCount(nodes);
        // Children lists keep the draft's order, which is by descending probability.
        int[] firstChild = new int[nodes + 1];
        int[] nextSibling = new int[nodes + 1];
        int[] lastChild = new int[nodes + 1];
        Arrays.fill(firstChild, -1);
        Arrays.fill(nextSibling, -1);
        for (int i = 0; i < nodes; i++) {
            int parent = this.parents[i];
            if (firstChild[parent] < 0) {
                firstChild[parent] = i + 1;
            }
            else {
                nextSibling[lastChild[parent]] = i + 1;
            }
            lastChild[parent] = i + 1;
        }
        int[] orderedTokens = new int[nodes + 1];
        int[] orderedParents = new int[nodes + 1];
        orderedTokens[0] = this.rootToken;
        int[] stack = new int[nodes + 1];
        int[] stackParent = new int[nodes + 1];
        int top = 0;
        int placed = 1;
        if (firstChild[0] >= 0) {
            stack[top++] = firstChild[0];
        }
        while (top > 0) {
            int node = stack[--top];
            int parent = stackParent[top];
            orderedTokens[placed] = this.tokens[node - 1];
            orderedParents[placed] = parent;
            if (nextSibling[node] >= 0) {
                stack[top] = nextSibling[node];
                stackParent[top++] = parent;
            }
            if (firstChild[node] >= 0) {
                stack[top] = firstChild[node];
                stackParent[top++] = placed;
            }
            placed++;
        }
        return CandidateTree.of(orderedTokens, orderedParents);
    }

    /**
     * Returns the draft nodes on a path below the root.
     * @param pathTokens the path's draft tokens, without the root's
     * @return draft nodes from the root downwards, as many as there are tokens
     * @throws IllegalArgumentException if the draft has no such path
     */
    public int[] nodesAlong(int[] pathTokens) {
        int[] nodes = new int[pathTokens.length];
        int parent = 0;
        int from = 0;
        for (int d = 0; d < pathTokens.length; d++) {
            int node = from;
            while (node < this.tokens.length && (this.parents[node] != parent || this.tokens[node] != pathTokens[d])) {
                node++;
            }
            if (node == this.tokens.length) {
                throw new IllegalArgumentException("the draft has no path " + Arrays.toString(pathTokens));
            }
            nodes[d] = node;
            parent = node + 1;
            from = node + 1;
        }
        return nodes;
    }

    private void checkCount(int nodes) {
        if (nodes < 0 || nodes > this.tokens.length) {
            throw new IllegalArgumentException("nodes must be in 0.." + this.tokens.length + ", was " + nodes);
        }
    }

}
