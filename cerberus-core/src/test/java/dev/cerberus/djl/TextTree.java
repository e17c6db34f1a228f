package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

/**
 * A tree around a known text: a path of its tokens with wrong tokens among and below
 * them.
 *
 * @param tree the tree
 * @param path the nodes that hold the text
 */
record TextTree(CandidateTree tree, int[] path) {

    /**
     * Returns a random tree.
     * @param text the text
     * @param at position of the root
     * @param length tokens of the text in the tree, 1 or more
     * @param wrong wrong tokens before each of them but the first, less than this
     */
    static TextTree around(int[] text, int at, int length, int wrong, RandomGenerator random) {
        List<Integer> tokens = new ArrayList<>(List.of(text[at]));
        List<Integer> parents = new ArrayList<>(List.of(0));
        int[] path = new int[length];
        for (int i = 1; i < length; i++) {
            for (int j = random.nextInt(wrong); j > 0; j--) {
                tokens.add((text[at + i] + j) % TinyModels.VOCABULARY);
                parents.add(random.nextInt(tokens.size() - 1));
            }
            tokens.add(text[at + i]);
            parents.add(path[i - 1]);
            path[i] = tokens.size() - 1;
        }
        return new TextTree(CandidateTree.of(ints(tokens), ints(parents)), path);
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

}
