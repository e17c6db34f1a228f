package dev.cerberus.benchmarks.device;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import dev.cerberus.tree.CandidateTree;

/**
 * Trees such as drafts make, with random tokens and branches, and paths in them. Not
 * thread-safe.
 */
final class RandomTrees {

    private static final int DEEPEST = 5;

    private final SplittableRandom random = new SplittableRandom(7);

    private final int vocabulary;

    RandomTrees(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** Returns tokens of a text. */
    int[] tokens(int count) {
        return this.random.ints(count, 0, this.vocabulary).toArray();
    }

    /** Returns a tree with so many nodes, its root included. */
    CandidateTree tree(int nodes) {
        List<List<Integer>> children = new ArrayList<>(List.of(new ArrayList<>()));
        List<Integer> depths = new ArrayList<>(List.of(0));
        List<Integer> open = new ArrayList<>(List.of(0));
        for (int node = 1; node < nodes; node++) {
            int parent = open.get(this.random.nextInt(open.size()));
            children.get(parent).add(node);
            children.add(new ArrayList<>());
            depths.add(depths.get(parent) + 1);
            if (depths.get(node) < DEEPEST) {
                open.add(node);
            }
        }
        List<Integer> parents = new ArrayList<>();
        inDepthFirstOrder(0, 0, children, parents);
        return CandidateTree.of(tokens(nodes), parents.stream().mapToInt(Integer::intValue).toArray());
    }

    private static void inDepthFirstOrder(int node, int parent, List<List<Integer>> children, List<Integer> parents) {
        int place = parents.size();
        parents.add(parent);
        children.get(node).forEach((child) -> inDepthFirstOrder(child, place, children, parents));
    }

    /** Returns a number from one range. */
    int between(int from, int to) {
        return this.random.nextInt(from, to + 1);
    }

    /** Returns the path to a random node, from the root on, of so many nodes at most. */
    int[] path(CandidateTree tree, int most) {
        int node = this.random.nextInt(tree.nodeCount());
        while (tree.depth(node) >= most) {
            node = tree.parent(node);
        }
        int[] path = new int[tree.depth(node) + 1];
        for (int i = path.length - 1; i > 0; i--) {
            path[i] = node;
            node = tree.parent(node);
        }
        return path;
    }

    /** Returns the path of a tree's root alone. */
    static int[] root() {
        return IntStream.of(0).toArray();
    }

}
