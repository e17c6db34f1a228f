package dev.cerberus.tree;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CandidateTreeTests {

    @Test
    void rootOnlyIsATreeOfOneNode() {
        CandidateTree tree = CandidateTree.rootOnly(42);
        assertThat(tree.nodeCount()).isEqualTo(1);
        assertThat(tree.token(0)).isEqualTo(42);
        assertThat(tree.depth(0)).isZero();
        assertThat(tree.maxDepth()).isZero();
        assertThat(tree.isPath()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> tree.parent(0)).withMessage("the root has no parent");
    }

    @Test
    void depthsCountEdgesFromTheRoot() {
        // 0 ─ a ─ c
        // └─ b
        CandidateTree tree = CandidateTree.of(new int[] { 9, 1, 3, 2 }, new int[] { 0, 0, 1, 0 });
        assertThat(tree.depths()).containsExactly(0, 1, 2, 1);
        assertThat(tree.maxDepth()).isEqualTo(2);
        assertThat(tree.isPath()).isFalse();
        assertThat(CandidateTree.of(new int[3], new int[] { 0, 0, 1 }).isPath()).isTrue();
    }

    @Test
    void ofCopiesItsArguments() {
        int[] tokens = { 1, 2 };
        int[] parents = { 0, 0 };
        CandidateTree tree = CandidateTree.of(tokens, parents);
        Arrays.fill(tokens, 7);
        Arrays.fill(parents, 7);
        tree.tokens()[0] = 8;
        tree.depths()[0] = 8;
        assertThat(tree.tokens()).containsExactly(1, 2);
        assertThat(tree.depths()).containsExactly(0, 1);
        assertThat(tree.parent(1)).isZero();
    }

    @Test
    void parentsMustComeFirst() {
        assertThatIllegalArgumentException().isThrownBy(() -> CandidateTree.of(new int[2], new int[] { 0, 1 }))
            .withMessage("the parent of node 1 must be an earlier node, was 1");
        assertThatIllegalArgumentException().isThrownBy(() -> CandidateTree.of(new int[2], new int[] { 0, -1 }))
            .withMessage("the parent of node 1 must be an earlier node, was -1");
    }

    @Test
    void tokensAndParentsMustMatch() {
        assertThatIllegalArgumentException().isThrownBy(() -> CandidateTree.of(new int[0], new int[0]))
            .withMessageContaining("at least the root");
        assertThatIllegalArgumentException().isThrownBy(() -> CandidateTree.of(new int[2], new int[1]))
            .withMessageEndingWith("was 2 tokens and 1 parents");
    }

    @Test
    void additiveMaskShowsItselfAndAncestorsOnly() {
        RandomGenerator random = RandomTrees.random(11);
        for (int round = 0; round < 200; round++) {
            CandidateTree tree = RandomTrees.tree(random, 1 + random.nextInt(40));
            assertThat(TreeAttentionMask.additive(tree)).isEqualTo(naiveMask(tree));
        }
    }

    private static float[] naiveMask(CandidateTree tree) {
        int n = tree.nodeCount();
        float[] mask = new float[n * n];
        Arrays.fill(mask, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i++) {
            for (int at = i; at > 0; at = tree.parent(at)) {
                mask[i * n + at] = 0;
            }
            mask[i * n] = 0;
        }
        return mask;
    }

    @Test
    void maskWhenNodesAreSiblingsShouldHideThemFromEachOther() {
        float[] mask = TreeAttentionMask.additive(CandidateTree.of(new int[3], new int[3]));
        float hidden = Float.NEGATIVE_INFINITY;
        assertThat(mask).containsExactly(0, hidden, hidden, 0, 0, hidden, 0, hidden, 0);
    }

    @Test
    void maskOfAPathIsCausal() {
        int n = 6;
        int[] parents = IntStream.range(0, n).map((i) -> Math.max(0, i - 1)).toArray();
        CandidateTree path = CandidateTree.of(new int[n], parents);
        float[] mask = TreeAttentionMask.additive(path);
        for (int i = 0; i < n * n; i++) {
            assertThat(mask[i]).isEqualTo((i % n <= i / n) ? 0 : Float.NEGATIVE_INFINITY);
        }
    }

}
