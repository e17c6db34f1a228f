package dev.cerberus.training.evaluation;

import dev.cerberus.tree.DraftTree;

/**
 * The best nodes that heads proposed at one position, each named by its rank among its
 * parent's children.
 *
 * <p>
 * The best tree of any smaller size is its beginning. The arrays are not copied; treat
 * them as read-only.
 *
 * @param ranks 0-based ranks, [nodes]
 * @param parents index of every node's parent plus 1; 0 for children of the root, [nodes]
 * @param pathProbabilities path probabilities, [nodes], descending, in 0..1
 */
public record RecordedDraft(int[] ranks, int[] parents, float[] pathProbabilities) {

    /** A draft without nodes. */
    static final RecordedDraft NOTHING = new RecordedDraft(new int[0], new int[0], new float[0]);

    /**
     * Checks the sizes.
     */
    public RecordedDraft {
        if (ranks.length != parents.length || ranks.length != pathProbabilities.length) {
            throw new IllegalArgumentException(
                    "a recorded draft needs a rank, a parent and a probability per node, had " + ranks.length + ", "
                            + parents.length + " and " + pathProbabilities.length);
        }
    }

    /** Returns a dynamic tree of the heads alone. */
    static RecordedDraft of(DraftTree draft) {
        int n = draft.nodeCount();
        int[] ranks = new int[n];
        int[] parents = new int[n];
        float[] probabilities = new float[n];
        int[] children = new int[n + 1];
        for (int i = 0; i < n; i++) {
            parents[i] = draft.parent(i);
            ranks[i] = children[parents[i]]++;
            probabilities[i] = (float) draft.pathProbability(i);
        }
        return new RecordedDraft(ranks, parents, probabilities);
    }

    int nodeCount() {
        return this.ranks.length;
    }

    /** Returns the child of a given rank as index plus 1; 0 if it was not recorded. */
    int child(int parent, int rank) {
        for (int i = parent; i < this.ranks.length; i++) {
            if (this.parents[i] == parent && this.ranks[i] == rank) {
                return i + 1;
            }
        }
        return 0;
    }

}
