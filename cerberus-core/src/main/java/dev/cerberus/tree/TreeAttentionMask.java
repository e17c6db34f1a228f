package dev.cerberus.tree;

/**
 * Which nodes of a candidate tree every node may attend to: itself and its ancestors.
 *
 * <p>
 * The cached prefix is visible to all nodes and not part of the mask. <pre>
 *            0 a b c      tree:  0 ─ a ─ c
 *   row c →  1 1 0 1              └─ b
 * </pre>
 */
public final class TreeAttentionMask {

    private TreeAttentionMask() {
    }

    /**
     * Returns the mask as an additive bias.
     * @param tree the tree
     * @return row-major [nodes, nodes]: 0 where row i may attend to column j, negative
     * infinity elsewhere
     */
    public static float[] additive(CandidateTree tree) {
        int n = tree.nodeCount();
        float[] bias = new float[n * n];
        for (int i = 0; i < n; i++) {
            int row = i * n;
            if (i > 0) {
                System.arraycopy(bias, tree.parent(i) * n, bias, row, i);
            }
            bias[row + i] = 0;
            for (int j = i + 1; j < n; j++) {
                bias[row + j] = Float.NEGATIVE_INFINITY;
            }
        }
        return bias;
    }

}
