package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;

/**
 * The most probable tokens of every parallel head at one step.
 *
 * <p>
 * Head {@code h} (0-based) proposes tokens for depth {@code h + 1}. The arrays are not
 * copied; treat them as read-only.
 *
 * @param tokens token ids by head and rank, [heads][ranks]
 * @param probabilities their probabilities, [heads][ranks], descending within a head, in
 * 0..1
 * @param headEntropyNats entropy of the first head, in nats
 */
public record HeadCandidates(int[][] tokens, double[][] probabilities, double headEntropyNats) {

    /**
     * Checks the shapes.
     */
    public HeadCandidates {
        if (tokens.length == 0 || tokens.length != probabilities.length) {
            throw new IllegalArgumentException("candidates need the same number of heads in tokens and "
                    + "probabilities, were " + tokens.length + " and " + probabilities.length);
        }
        for (int h = 0; h < tokens.length; h++) {
            if (tokens[h].length == 0 || tokens[h].length != probabilities[h].length) {
                throw new IllegalArgumentException("head " + h + " needs one probability per token, were "
                        + probabilities[h].length + " and " + tokens[h].length);
            }
        }
    }

    /**
     * Returns the draft tree of the nodes with the largest path probabilities.
     * @param rootToken token of the root
     * @param maxNodes the most draft nodes
     * @param maxDepth the deepest level
     * @return the draft, nodes in order of descending path probability
     */
    public DraftTree dynamic(int rootToken, int maxNodes, int maxDepth) {
        return dynamic(rootToken, maxNodes, maxDepth, Optional.empty());
    }

    /**
     * Returns the draft tree of the nodes with the largest path probabilities, those of a
     * continuation among them.
     * @param rootToken token of the root
     * @param maxNodes the most draft nodes
     * @param maxDepth the deepest level; a continuation may reach below the last head
     * @param continuation a path proposed by something else
     * @return the draft, nodes in order of descending path probability
     */
    /*
     * EAGLE-2's dynamic tree [1] for parallel heads. A node's path probability is at most
     * its parent's, and at most its elder sibling's, so a heap that holds for every taken
     * node its next sibling and its first child yields the global order. Cost: O(n log n)
     * for n nodes.
     *
     * [1] EAGLE-2, https://arxiv.org/abs/2406.16858
     */
    public DraftTree dynamic(int rootToken, int maxNodes, int maxDepth, Optional<Continuation> continuation) {
        int[] nodeTokens = new int[maxNodes];
        int[] parents = new int[maxNodes];
        double[] products = new double[maxNodes];
        int count = 0;
        Frontier frontier = new Frontier(maxDepth, continuation);
        frontier.addChildren(0, 0, 1, continuation.isPresent());
        while (count < maxNodes && !frontier.heap.isEmpty()) {
            Proposal best = frontier.heap.remove();
            nodeTokens[count] = best.token();
            parents[count] = best.parent();
            products[count] = best.product();
            count++;
            frontier.addNextSibling(best);
            frontier.addChildren(count, best.depth(), best.product(), best.rank() == CONTINUED);
        }
        return new DraftTree(rootToken, Arrays.copyOf(nodeTokens, count), Arrays.copyOf(parents, count),
                Arrays.copyOf(products, count), this.probabilities[0][0], this.headEntropyNats);
    }

    /**
     * Returns the draft tree of a static shape.
     * @param rootToken token of the root
     * @param shape the shape, no deeper than there are heads and no wider than there are
     * ranks
     * @return the draft, nodes in the shape's order
     */
    public DraftTree fill(int rootToken, TreeShape shape) {
        int n = shape.nodeCount();
        int[] nodeTokens = new int[n];
        int[] parents = new int[n];
        double[] products = new double[n];
        for (int i = 0; i < n; i++) {
            int head = shape.depth(i) - 1;
            if (head >= this.tokens.length || shape.rank(i) >= this.tokens[head].length) {
                throw new IllegalArgumentException(
                        "the tree shape needs rank " + shape.rank(i) + " of head " + head + ", but "
                                + ((head >= this.tokens.length) ? "there are " + this.tokens.length + " heads"
                                        : "that head proposes " + this.tokens[head].length + " tokens")
                                + "; use a smaller shape");
            }
            int parent = shape.parentInTree(i);
            nodeTokens[i] = this.tokens[head][shape.rank(i)];
            parents[i] = parent;
            products[i] = ((parent == 0) ? 1 : products[parent - 1]) * this.probabilities[head][shape.rank(i)];
        }
        return new DraftTree(rootToken, nodeTokens, parents, products, this.probabilities[0][0], this.headEntropyNats);
    }

    /** Rank of a continuation's token, which is not one of the head's ranks. */
    private static final int CONTINUED = -1;

    private static final Comparator<Proposal> ORDER = Comparator.comparingDouble(Proposal::product)
        .reversed()
        .thenComparingInt(Proposal::depth)
        .thenComparingInt(Proposal::parent)
        .thenComparingInt(Proposal::rank);

    /**
     * A node that may be taken next.
     *
     * @param base what the probabilities of the parent's children are multiplied by
     * @param excluded token that is not proposed by rank; empty if every one is
     */
    private record Proposal(int parent, int depth, int rank, int token, double base, double product,
            OptionalInt excluded) {
    }

    /** The nodes that may be taken next, given those taken already. */
    private final class Frontier {

        private final PriorityQueue<Proposal> heap = new PriorityQueue<>(ORDER);

        private final int maxDepth;

        private final Optional<Continuation> continuation;

        Frontier(int maxDepth, Optional<Continuation> continuation) {
            this.maxDepth = maxDepth;
            this.continuation = continuation;
        }

        void addChildren(int parent, int parentDepth, double product, boolean continued) {
            if (parentDepth >= this.maxDepth) {
                return;
            }
            if (continued && parentDepth < this.continuation.map(Continuation::length).orElse(0)) {
                addBoth(parent, parentDepth, product, this.continuation.get());
            }
            else {
                addRank(parent, parentDepth + 1, 0, product, OptionalInt.empty());
            }
        }

        /*
         * Two opinions about one token: the head gives p to its best other token and q to
         * the continued one, the continuation gives it a. Taken as independent evidence,
         * of which both can not be right, the continued token has the weight a'(1 - p)
         * with a' = 1 - (1-a)(1-q), and every other token its probability times 1 - a'.
         */
        private void addBoth(int parent, int head, double product, Continuation continued) {
            int token = continued.tokens()[head];
            OptionalInt excluded = OptionalInt.of(token);
            double own = 0;
            double other = 0;
            if (head < HeadCandidates.this.tokens.length) {
                int[] ranked = HeadCandidates.this.tokens[head];
                double[] chances = HeadCandidates.this.probabilities[head];
                for (int rank = 0; rank < ranked.length; rank++) {
                    if (ranked[rank] == token) {
                        own = chances[rank];
                    }
                    else {
                        other = Math.max(other, chances[rank]);
                    }
                }
            }
            double agreed = 1 - (1 - continued.acceptances()[head]) * (1 - own);
            double total = 1 - agreed * other;
            double share = (total > 0) ? agreed * (1 - other) / total : 0;
            double rest = (total > 0) ? (1 - agreed) / total : 1;
            this.heap
                .add(new Proposal(parent, head + 1, CONTINUED, token, product, product * share, OptionalInt.empty()));
            addRank(parent, head + 1, 0, product * rest, excluded);
        }

        void addNextSibling(Proposal taken) {
            if (taken.rank() != CONTINUED) {
                addRank(taken.parent(), taken.depth(), taken.rank() + 1, taken.base(), taken.excluded());
            }
        }

        private void addRank(int parent, int depth, int first, double base, OptionalInt excluded) {
            int head = depth - 1;
            if (head >= HeadCandidates.this.tokens.length) {
                return;
            }
            int[] ranked = HeadCandidates.this.tokens[head];
            int rank = first;
            if (rank < ranked.length && excluded.isPresent() && ranked[rank] == excluded.getAsInt()) {
                rank++;
            }
            if (rank < ranked.length) {
                this.heap.add(new Proposal(parent, depth, rank, ranked[rank], base,
                        base * HeadCandidates.this.probabilities[head][rank], excluded));
            }
        }

    }

}
