package dev.cerberus.accept;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;

import dev.cerberus.tree.CandidateTree;

/**
 * Accepts a draft token only where the target model itself chooses that token.
 *
 * <p>
 * Lossless: the output equals what the target model alone would write, token for token,
 * for any tree, gate and threshold, greedy or sampled with position-keyed noise.
 */
public final class ExactMatch implements AcceptancePolicy {

    /**
     * The only instance needed.
     */
    public static final ExactMatch INSTANCE = new ExactMatch();

    private ExactMatch() {
    }

    @Override
    public Verdict accept(CandidateTree tree, IntUnaryOperator choice) {
        int[] path = new int[tree.maxDepth() + 1];
        int length = 1;
        int node = 0;
        while (true) {
            int next = choice.applyAsInt(node);
            int child = childWithToken(tree, node, next);
            if (child == node) {
                return new Verdict(Arrays.copyOf(path, length), next);
            }
            path[length++] = child;
            node = child;
        }
    }

    /** Returns the matching child, or the node itself where there is none. */
    private static int childWithToken(CandidateTree tree, int node, int token) {
        for (int i = node + 1; i < tree.nodeCount(); i++) {
            if (tree.parent(i) == node && tree.token(i) == token) {
                return i;
            }
        }
        return node;
    }

}
