package dev.cerberus.accept;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;

import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;

class ExactMatchTests {

    private static final RandomGenerator RANDOM = RandomGeneratorFactory.of("L64X128MixRandom").create(9);

    // 0 ─ a ─ c ─ d tokens: root 1, a 2, c 4, d 5, b 3
    // └─ b
    private final CandidateTree tree = CandidateTree.of(new int[] { 1, 2, 4, 5, 3 }, new int[] { 0, 0, 1, 2, 0 });

    @Test
    void acceptWhenAllDepthsAgreeKeepsTheWholePath() {
        Verdict verdict = accept(2, 4, 5, 9, 0);
        assertThat(verdict.path()).containsExactly(0, 1, 2, 3);
        assertThat(verdict.nextToken()).isEqualTo(9);
        assertThat(verdict.acceptedDraftTokens()).isEqualTo(3);
        assertThat(verdict.lastNode()).isEqualTo(3);
    }

    @Test
    void acceptWhenLastDepthIsRejectedKeepsThePrefix() {
        Verdict verdict = accept(2, 4, 6, 9, 0);
        assertThat(verdict.path()).containsExactly(0, 1, 2);
        assertThat(verdict.nextToken()).isEqualTo(6);
    }

    @Test
    void acceptWhenTheSecondChildMatchesTakesIt() {
        Verdict verdict = accept(3, 4, 5, 9, 7);
        assertThat(verdict.path()).containsExactly(0, 4);
        assertThat(verdict.nextToken()).isEqualTo(7);
    }

    @Test
    void acceptWhenATokenLiesElsewhereInTheTreeDoesNotTakeIt() {
        // 4 is c's token, but c is not a child of the root.
        Verdict verdict = accept(4, 0, 0, 0, 0);
        assertThat(verdict.path()).containsExactly(0);
        assertThat(verdict.nextToken()).isEqualTo(4);
        assertThat(verdict.acceptedDraftTokens()).isZero();
    }

    private Verdict accept(int... choices) {
        return ExactMatch.INSTANCE.accept(this.tree, (node) -> choices[node]);
    }

    @Test
    void acceptEqualsFollowingTheTargetTokenByToken() {
        for (int round = 0; round < 500; round++) {
            CandidateTree random = randomTree(1 + RANDOM.nextInt(30));
            int[] choices = RANDOM.ints(random.nodeCount(), 0, 4).toArray();
            List<Integer> asked = new ArrayList<>();
            Verdict verdict = ExactMatch.INSTANCE.accept(random, (node) -> {
                asked.add(node);
                return choices[node];
            });
            List<Integer> path = naivePath(random, choices);
            assertThat(verdict.path()).containsExactly(path.toArray(new Integer[0]));
            assertThat(verdict.nextToken()).isEqualTo(choices[verdict.lastNode()]);
            assertThat(asked).as("one question per kept node, from the root down").isEqualTo(path);
        }
    }

    private static CandidateTree randomTree(int nodes) {
        int[] parents = new int[nodes];
        for (int i = 1; i < nodes; i++) {
            parents[i] = RANDOM.nextInt(i);
        }
        return CandidateTree.of(RANDOM.ints(nodes, 0, 4).toArray(), parents);
    }

    private static List<Integer> naivePath(CandidateTree tree, int[] choices) {
        List<Integer> path = new ArrayList<>(List.of(0));
        boolean found = true;
        while (found) {
            int last = path.get(path.size() - 1);
            found = false;
            for (int node = 1; node < tree.nodeCount() && !found; node++) {
                if (tree.parent(node) == last && tree.token(node) == choices[last]) {
                    path.add(node);
                    found = true;
                }
            }
        }
        return path;
    }

}
