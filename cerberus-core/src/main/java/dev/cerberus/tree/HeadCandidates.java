package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Comparator;
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
    /*
     * EAGLE-2's dynamic tree [1] for parallel heads. A node's path probability is at most
     * its parent's, and at most its elder sibling's, so a heap that holds for every taken
     * node its next sibling and its first child yields the global order. Cost: O(n log n)
     * for n nodes.
     *
     * [1] EAGLE-2, https://arxiv.org/abs/2406.16858
     */
    public DraftTree dynamic(int rootToken, int maxNodes, int maxDepth) {
        int depthLimit = Math.min(maxDepth, this.tokens.length);
        int[] nodeTokens = new int[maxNodes];
        int[] parents = new int[maxNodes];
        double[] products = new double[maxNodes];
        int count = 0;
        PriorityQueue<Frontier> heap = new PriorityQueue<>(FRONTIER_ORDER);
        if (depthLimit > 0) {
            heap.add(new Frontier(0, 1, 0, 1, this.probabilities[0][0]));
        }
        while (count < maxNodes && !heap.isEmpty()) {
            Frontier best = heap.remove();
            int head = best.depth() - 1;
            nodeTokens[count] = this.tokens[head][best.rank()];
            parents[count] = best.parent();
            products[count] = best.product();
            count++;
            if (best.rank() + 1 < this.tokens[head].length) {
                heap.add(new Frontier(best.parent(), best.depth(), best.rank() + 1, best.parentProduct(),
                        best.parentProduct() * this.probabilities[head][best.rank() + 1]));
            }
            if (best.depth() < depthLimit) {
                heap.add(new Frontier(count, best.depth() + 1, 0, best.product(),
                        best.product() * this.probabilities[head + 1][0]));
            }
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

    private static final Comparator<Frontier> FRONTIER_ORDER = Comparator.comparingDouble(Frontier::product)
        .reversed()
        .thenComparingInt(Frontier::depth)
        .thenComparingInt(Frontier::parent)
        .thenComparingInt(Frontier::rank);

    private record Frontier(int parent, int depth, int rank, double parentProduct, double product) {
    }

}
