package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.TreeShape;

/**
 * Builds a draft tree with heads that see the tokens drafted before them, one round per
 * depth.
 */
final class SerialDrafter {

    /** Nodes of one depth that are looked below, when the shape is free. */
    private static final int BEAM = 8;

    private final int rootToken;

    private final Head head;

    /**
     * Runs one head for several nodes at once.
     */
    @FunctionalInterface
    interface Head {

        /**
         * Returns the candidates below the given paths.
         * @param index 0-based head, the length of every path
         * @param paths draft tokens below the root, [nodes][index]
         * @return the candidates of each path
         */
        List<RankedTokens> below(int index, List<int[]> paths);

    }

    SerialDrafter(int rootToken, Head head) {
        this.rootToken = rootToken;
        this.head = head;
    }

    /**
     * Returns the nodes with the largest path probabilities.
     */
    DraftTree dynamic(int maxNodes, int maxDepth) {
        List<Node> all = new ArrayList<>();
        List<Node> frontier = List.of(Node.ROOT);
        RankedTokens first = null;
        for (int depth = 0; depth < maxDepth && !frontier.isEmpty(); depth++) {
            List<RankedTokens> below = this.head.below(depth, frontier.stream().map(Node::path).toList());
            first = (first == null) ? below.get(0) : first;
            List<Node> level = new ArrayList<>();
            for (int i = 0; i < frontier.size(); i++) {
                level.addAll(frontier.get(i).children(below.get(i)));
            }
            all.addAll(level);
            all.sort(Node.BY_PROBABILITY); // stable: a parent stays before its children
            all = new ArrayList<>(all.subList(0, Math.min(maxNodes, all.size())));
            double weakest = (all.size() < maxNodes) ? 0 : all.get(all.size() - 1).product();
            frontier = level.stream()
                .filter((node) -> node.product() > weakest)
                .sorted(Node.BY_PROBABILITY)
                .limit(BEAM)
                .toList();
        }
        return tree(all, first);
    }

    /**
     * Returns the nodes of a static shape.
     */
    DraftTree fill(TreeShape shape) {
        Node[] nodes = new Node[shape.nodeCount()];
        RankedTokens first = null;
        for (int depth = 1; depth <= shape.depth(); depth++) {
            List<Integer> parents = new ArrayList<>();
            for (int i = 0; i < nodes.length; i++) {
                if (shape.depth(i) == depth && !parents.contains(shape.parentInTree(i))) {
                    parents.add(shape.parentInTree(i));
                }
            }
            List<Node> above = parents.stream().map((i) -> (i == 0) ? Node.ROOT : nodes[i - 1]).toList();
            List<RankedTokens> below = this.head.below(depth - 1, above.stream().map(Node::path).toList());
            first = (first == null) ? below.get(0) : first;
            for (int i = 0; i < nodes.length; i++) {
                if (shape.depth(i) == depth) {
                    int parent = parents.indexOf(shape.parentInTree(i));
                    nodes[i] = above.get(parent).child(below.get(parent), shape.rank(i));
                }
            }
        }
        return tree(Arrays.asList(nodes), first);
    }

    private DraftTree tree(List<Node> nodes, @Nullable RankedTokens first) {
        int n = nodes.size();
        int[] tokens = new int[n];
        int[] parents = new int[n];
        double[] products = new double[n];
        for (int i = 0; i < n; i++) {
            Node node = nodes.get(i);
            tokens[i] = node.path()[node.path().length - 1];
            parents[i] = nodes.indexOf(node.parent()) + 1;
            products[i] = node.product();
        }
        return (first == null) ? new DraftTree(this.rootToken, tokens, parents, products, 0, 0) : new DraftTree(
                this.rootToken, tokens, parents, products, first.probabilities()[0], first.entropyNats());
    }

    /** A drafted node with the way to it; compared by identity. */
    private static final class Node {

        static final Node ROOT = new Node(null, new int[0], 1);

        static final Comparator<Node> BY_PROBABILITY = Comparator.comparingDouble(Node::product).reversed();

        private final @Nullable Node parent;

        private final int[] path;

        private final double product;

        private Node(@Nullable Node parent, int[] path, double product) {
            this.parent = parent;
            this.path = path;
            this.product = product;
        }

        @Nullable Node parent() {
            return this.parent;
        }

        int[] path() {
            return this.path;
        }

        double product() {
            return this.product;
        }

        List<Node> children(RankedTokens candidates) {
            List<Node> children = new ArrayList<>();
            for (int rank = 0; rank < candidates.tokens().length; rank++) {
                children.add(child(candidates, rank));
            }
            return children;
        }

        Node child(RankedTokens candidates, int rank) {
            int[] extended = Arrays.copyOf(this.path, this.path.length + 1);
            extended[this.path.length] = candidates.tokens()[rank];
            return new Node(this, extended, this.product * candidates.probabilities()[rank]);
        }

    }

}
