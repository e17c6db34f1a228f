package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DraftTreeTests {

    private static final int ROOT = 1000;

    /** Parents are random earlier nodes, so that trees of every form come up. */
    private static DraftTree random(RandomGenerator random, int[] parents) {
        int n = parents.length;
        for (int i = 0; i < n; i++) {
            parents[i] = random.nextInt(i + 1);
        }
        double[] probabilities = random.doubles(n).toArray();
        return new DraftTree(ROOT, random.ints(n, 0, 5).toArray(), parents, probabilities, 0.5, 1);
    }

    @Test
    void bestKeepsExactlyThePathsOfTheFirstNodes() {
        RandomGenerator random = RandomTrees.random(3);
        for (int round = 0; round < 200; round++) {
            int[] parents = new int[random.nextInt(30)];
            DraftTree draft = random(random, parents);
            int nodes = random.nextInt(parents.length + 1);
            CandidateTree whole = inOrder(draft, parents);
            CandidateTree best = draft.best(nodes);
            assertThat(best.token(0)).isEqualTo(ROOT);
            assertThat(paths(best, nodes)).isEqualTo(paths(whole, nodes));
        }
    }

    /**
     * The draft's nodes in the draft's own order; its tokens are read off trees of one
     * more node each.
     */
    private static CandidateTree inOrder(DraftTree draft, int[] parents) {
        int[] tokens = new int[parents.length + 1];
        int[] shifted = new int[parents.length + 1];
        tokens[0] = ROOT;
        long before = ROOT;
        for (int i = 0; i < parents.length; i++) {
            long sum = Arrays.stream(draft.best(i + 1).tokens()).asLongStream().sum();
            tokens[i + 1] = (int) (sum - before);
            before = sum;
            shifted[i + 1] = parents[i];
        }
        return CandidateTree.of(tokens, shifted);
    }

    /** How often every path of tokens occurs among the first nodes. */
    private static Map<String, Integer> paths(CandidateTree tree, int nodes) {
        Map<String, Integer> paths = new TreeMap<>();
        for (int node = 1; node <= nodes; node++) {
            StringBuilder path = new StringBuilder();
            for (int at = node; at > 0; at = tree.parent(at)) {
                path.insert(0, "/" + tree.token(at));
            }
            paths.merge(path.toString(), 1, Integer::sum);
        }
        return paths;
    }

    @Test
    void bestPutsTheFirstChildRightAfterItsParent() {
        RandomGenerator random = RandomTrees.random(4);
        for (int round = 0; round < 200; round++) {
            DraftTree draft = random(random, new int[1 + random.nextInt(30)]);
            CandidateTree tree = draft.best(draft.nodeCount());
            for (int node = 1; node < tree.nodeCount(); node++) {
                boolean first = true;
                for (int elder = 1; elder < node; elder++) {
                    first &= tree.parent(elder) != tree.parent(node);
                }
                assertThat(tree.parent(node) == node - 1).as("node %d of %d", node, tree.nodeCount()).isEqualTo(first);
            }
        }
    }

    @Test
    void bestPutsTheLikeliestPathIntoConsecutiveNodes() {
        double[] shares = { 0.6, 0.3, 0.1 };
        HeadCandidates candidates = new HeadCandidates(
                new int[][] { { 1, 2, 3 }, { 11, 12, 13 }, { 21, 22, 23 }, { 31, 32, 33 } },
                new double[][] { shares, shares, shares, shares }, 1);
        CandidateTree tree = candidates.dynamic(ROOT, 20, 4).best(20);
        assertThat(Arrays.copyOf(tree.tokens(), 5)).containsExactly(ROOT, 1, 11, 21, 31);
        assertThat(Arrays.copyOf(tree.depths(), 5)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void bestOfNoNodesIsTheRoot() {
        DraftTree draft = random(RandomTrees.random(1), new int[3]);
        assertThat(draft.best(0).tokens()).containsExactly(ROOT);
        assertThat(draft.expectation(0)).isZero();
    }

    @Test
    void nodeCountsOutOfRangeAreRefused() {
        DraftTree draft = random(RandomTrees.random(1), new int[3]);
        assertThatIllegalArgumentException().isThrownBy(() -> draft.best(4))
            .withMessage("nodes must be in 0..3, was 4");
        assertThatIllegalArgumentException().isThrownBy(() -> draft.best(-1))
            .withMessage("nodes must be in 0..3, was -1");
        assertThatIllegalArgumentException().isThrownBy(() -> draft.expectation(4))
            .withMessage("nodes must be in 0..3, was 4");
    }

    @Test
    void expectationSumsTheFirstPathProbabilities() {
        DraftTree draft = new DraftTree(0, new int[3], new int[3], new double[] { 0.5, 0.25, 0.125 }, 0, 0);
        assertThat(draft.expectation(2)).isEqualTo(0.75);
        assertThat(draft.expectation(3)).isEqualTo(0.875);
    }

    @Test
    void nodesAlongFindsThePathsOwnNodes() {
        // 0 ─ 5 ─ 6 node 0: 5, node 1: 7, node 2: 6 below 5, node 3: 6 below 7
        // └─ 7 ─ 6
        DraftTree draft = new DraftTree(ROOT, new int[] { 5, 7, 6, 6 }, new int[] { 0, 0, 1, 2 },
                new double[] { 0.5, 0.4, 0.3, 0.2 }, 0.5, 1);
        assertThat(draft.nodesAlong(new int[] { 5, 6 })).containsExactly(0, 2);
        assertThat(draft.nodesAlong(new int[] { 7, 6 })).containsExactly(1, 3);
        assertThat(draft.nodesAlong(new int[0])).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> draft.nodesAlong(new int[] { 6 }))
            .withMessage("the draft has no path [6]");
    }

    @Test
    void malformedDraftsAreRefused() {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new DraftTree(0, new int[2], new int[1], new double[2], 0, 0))
            .withMessageEndingWith("were 2, 1 and 2");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new DraftTree(0, new int[2], new int[] { 0, 2 }, new double[2], 0, 0))
            .withMessage("the parent of draft node 1 must come before it");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new DraftTree(0, new int[1], new int[] { -1 }, new double[1], 0, 0))
            .withMessage("the parent of draft node 0 must come before it");
    }

}
