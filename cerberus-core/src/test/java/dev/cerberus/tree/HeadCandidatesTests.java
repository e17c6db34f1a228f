package dev.cerberus.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

class HeadCandidatesTests {

    private static final DoublePredicate ALL = (pathProbability) -> true;

    @Test
    void dynamicTakesTheLargestProducts() {
        RandomGenerator random = RandomTrees.random(5);
        for (int round = 0; round < 100; round++) {
            HeadCandidates candidates = RandomTrees.candidates(random, 1 + random.nextInt(4), 1 + random.nextInt(5));
            int maxDepth = 1 + random.nextInt(5);
            int maxNodes = 1 + random.nextInt(60);
            List<Double> all = products(candidates, maxDepth);
            DraftTree draft = candidates.dynamic(7, maxNodes, maxDepth);
            assertThat(draft.nodeCount()).isEqualTo(Math.min(maxNodes, all.size()));
            for (int i = 0; i < draft.nodeCount(); i++) {
                assertThat(draft.pathProbability(i)).isCloseTo(all.get(i), within(1e-12));
            }
            assertThat(draft.best(draft.nodeCount()).maxDepth()).isLessThanOrEqualTo(maxDepth);
        }
    }

    /** Every node of the full tree, largest product first. */
    private static List<Double> products(HeadCandidates candidates, int maxDepth) {
        List<Double> all = new ArrayList<>();
        addProducts(candidates, maxDepth, 0, 1, all);
        all.sort(Collections.reverseOrder());
        return all;
    }

    private static void addProducts(HeadCandidates candidates, int maxDepth, int head, double product,
            List<Double> all) {
        if (head == maxDepth || head == candidates.heads()) {
            return;
        }
        Ranking ranking = candidates.below(head, 0);
        for (int rank = 0; rank < ranking.size(); rank++) {
            double probability = ranking.probability(rank);
            all.add(product * probability);
            if (product * probability >= 0.03) { // what is rarer gets no children
                addProducts(candidates, maxDepth, head + 1, product * probability, all);
            }
        }
    }

    @Test
    void dynamicPathProbabilitiesAreTheProductsAlongTheTree() {
        RandomGenerator random = RandomTrees.random(6);
        HeadCandidates candidates = RandomTrees.candidates(random, 4, 6);
        DraftTree draft = candidates.dynamic(7, 40, 4);
        CandidateTree tree = draft.best(draft.nodeCount());
        double expectation = 0;
        for (int node = 1; node < tree.nodeCount(); node++) {
            double product = 1;
            for (int at = node; at > 0; at = tree.parent(at)) {
                // Token ids are 100 · head + rank.
                product *= candidates.below(tree.depth(at) - 1, 0).probability(tree.token(at) % 100);
                assertThat(tree.token(at) / 100).isEqualTo(tree.depth(at) - 1);
            }
            expectation += product;
        }
        assertThat(draft.expectation(draft.nodeCount())).isCloseTo(expectation, within(1e-12));
    }

    @Test
    void limitedDraftIsThatOfAsManyHeads() {
        HeadCandidates candidates = RandomTrees.candidates(RandomTrees.random(7), 4, 6);
        for (int depth = 1; depth <= 5; depth++) {
            DraftTree limited = candidates.draft(7, DraftLimits.of(40, depth));
            DraftTree same = candidates.dynamic(7, 40, depth);
            assertThat(limited.pathProbabilities()).isEqualTo(same.pathProbabilities());
            assertThat(limited.candidates().orElseThrow().heads()).isEqualTo(Math.min(4, depth));
        }
    }

    @Test
    void dynamicWhenAllAreEqualKeepsParentsFirst() {
        HeadCandidates equal = new HeadCandidates(new int[][] { { 1, 2 }, { 3, 4 } },
                new double[][] { { 1, 1 }, { 1, 1 } }, 0);
        DraftTree draft = equal.dynamic(0, 10, 10);
        assertThat(draft.nodeCount()).isEqualTo(2 + 2 * 2);
        for (int n = 0; n <= 6; n++) {
            assertThat(draft.best(n).nodeCount()).isEqualTo(n + 1);
        }
    }

    @Test
    void dynamicWithoutDepthIsEmpty() {
        HeadCandidates candidates = RandomTrees.candidates(RandomTrees.random(1), 2, 2);
        assertThat(candidates.dynamic(0, 4, 0).nodeCount()).isZero();
        assertThat(candidates.dynamic(9, 4, 0).best(0).token(0)).isEqualTo(9);
    }

    @Test
    void dynamicWhenGrowthEndsIsTheBeginningOfTheWholeTree() {
        HeadCandidates candidates = RandomTrees.candidates(RandomTrees.random(4), 3, 5);
        DraftTree all = candidates.dynamic(7, 20, 3);
        List<Double> asked = new ArrayList<>();
        DraftTree some = candidates.dynamic(7, 20, 3, Optional.empty(), (pathProbability) -> {
            asked.add(pathProbability);
            return asked.size() <= 6;
        });
        assertThat(some.pathProbabilities()).containsExactly(Arrays.copyOf(all.pathProbabilities(), 6));
        assertThat(some.best(6).tokens()).isEqualTo(all.best(6).tokens());
        assertThat(asked.stream().mapToDouble(Double::doubleValue).toArray())
            .containsExactly(Arrays.copyOf(all.pathProbabilities(), 7));
    }

    @Test
    void dynamicWithLookupStaysATreeOfProbabilities() {
        RandomGenerator random = RandomTrees.random(8);
        for (int round = 0; round < 100; round++) {
            HeadCandidates candidates = RandomTrees.candidates(random, 1 + random.nextInt(3), 1 + random.nextInt(4));
            PathLookup lookup = (path, heads) -> {
                List<PathLookup.Guess> guesses = new ArrayList<>();
                double left = 1;
                for (int i = 0; i < path.length % 3; i++) {
                    double probability = left * random.nextDouble();
                    left -= probability;
                    // the head's own token, or a new one
                    guesses.add(
                            new PathLookup.Guess(random.nextBoolean() ? 100 * path.length + i : 5000 + i, probability));
                }
                return guesses;
            };
            DraftTree draft = candidates.dynamic(7, 60, 4, Optional.of(lookup), ALL);
            Map<Integer, Set<Integer>> children = new HashMap<>();
            double[] below = new double[draft.nodeCount() + 1];
            for (int i = 0; i < draft.nodeCount(); i++) {
                assertThat(children.computeIfAbsent(draft.parent(i), (parent) -> new HashSet<>()).add(draft.token(i)))
                    .as("a token twice below one node")
                    .isTrue();
                below[draft.parent(i)] += draft.pathProbability(i);
                assertThat(draft.pathProbability(i))
                    .isLessThanOrEqualTo((i == 0) ? 1 : draft.pathProbability(i - 1) + 1e-12);
            }
            for (int parent = 0; parent < below.length; parent++) {
                assertThat(below[parent])
                    .isLessThanOrEqualTo(((parent == 0) ? 1 : draft.pathProbability(parent - 1)) + 1e-9);
            }
            assertThat(draft.nodesAlong(new int[] { draft.token(0) })).containsExactly(0);
        }
    }

    @Test
    void guessedTokensTakeTheirShareAndLeaveTheHeadsTheRest() {
        HeadCandidates candidates = new HeadCandidates(new int[][] { { 1, 2, 3 } },
                new double[][] { { 0.5, 0.3, 0.2 } }, 0);
        DraftTree draft = candidates.dynamic(0, 4, 4, Optional.of((path, heads) -> (path.length == 0)
                ? List.of(new PathLookup.Guess(2, 0.6), new PathLookup.Guess(9, 0.2)) : List.of()), ALL);
        assertThat(IntStream.range(0, 4).map(draft::token)).containsExactly(2, 9, 1, 3);
        // what the guesses leave, 0.2, is shared by 1 and 3 as 5 to 2
        assertThat(draft.pathProbabilities()).containsExactly(new double[] { 0.6, 0.2, 0.2 * 5 / 7, 0.2 * 2 / 7 },
                within(1e-12));
    }

    @Test
    void guessesReachBelowTheLastHeadAndFollowEveryPath() {
        HeadCandidates candidates = new HeadCandidates(new int[][] { { 1, 2 } }, new double[][] { { 0.5, 0.4 } }, 0);
        PathLookup counting = (path, heads) -> (path.length == 0) ? List.of()
                : List.of(new PathLookup.Guess(path[path.length - 1] + 10, 0.9));
        DraftTree draft = candidates.dynamic(0, 9, 9, Optional.of(counting), ALL);
        assertThat(draft.nodesAlong(new int[] { 1, 11, 21 })).hasSize(3);
        assertThat(draft.nodesAlong(new int[] { 2, 12, 22 })).hasSize(3);
        assertThat(candidates.dynamic(0, 9, 2, Optional.of(counting), ALL).best(3).maxDepth()).isEqualTo(2);
    }

    @Test
    void draftSaysWhoProposedEachNode() {
        HeadCandidates candidates = new HeadCandidates(new int[][] { { 1, 2, 3 } },
                new double[][] { { 0.5, 0.3, 0.2 } }, 0);
        DraftTree draft = candidates.dynamic(0, 3, 4,
                Optional.of((path, heads) -> (path.length == 0)
                        ? List.of(new PathLookup.Guess(2, 0.6), new PathLookup.Guess(9, 0.2, DraftSource.MEMORY))
                        : List.of()),
                ALL);
        assertThat(IntStream.range(0, 3).mapToObj(draft::source)).containsExactly(DraftSource.LOOKUP,
                DraftSource.MEMORY, DraftSource.HEADS);
        assertThat(candidates.dynamic(0, 1, 1).source(0)).isEqualTo(DraftSource.HEADS);
    }

    @Test
    void withoutHeadsTheTreeIsWhatLookupGuesses() {
        PathLookup lookup = (path, heads) -> {
            assertThat(heads.size()).isZero();
            return (path.length < 2) ? List.of(new PathLookup.Guess(5 + path.length, 0.5)) : List.of();
        };
        DraftTree draft = HeadCandidates.NONE.dynamic(0, 9, 9, Optional.of(lookup), ALL);
        assertThat(draft.nodeCount()).isEqualTo(2);
        assertThat(draft.pathProbabilities()).containsExactly(0.5, 0.25);
        assertThat(draft.headConfidence()).isZero();
        assertThatIllegalStateException().isThrownBy(draft::headEntropyNats);
        assertThat(HeadCandidates.NONE.dynamic(0, 9, 9).nodeCount()).isZero();
    }

    /**
     * After 1, 3 is e² times likelier; after 2, 4 is e³ times; after others, 3 is 1/e.
     */
    private static Transitions transitions() {
        float[] from = { 0, 0, 2, 0, 0, 3, 0, 0, 0, 0, -1, 0 };
        float[] to = { 0, 0, 0, 0, 0, 0, 1, 0, 0, 1 };
        return new Transitions(new int[] { 0, 1, 2, 3, 4 }, from, to);
    }

    private static HeadCandidates following() {
        return new HeadCandidates(new int[][] { { 1, 2, 0 }, { 3, 4, 2 } },
                new double[][] { { 0.5, 0.25, 0.125 }, { 0.5, 0.25, 0.125 } }, 1)
            .with(transitions());
    }

    @Test
    void belowWeighsByTransitionAndCountsTheRest() {
        Ranking after2 = following().below(1, 2);
        double total = 0.5 + 0.25 * Math.exp(3) + 0.125 + 0.125;
        assertThat(IntStream.range(0, 3).map(after2::token)).containsExactly(4, 3, 2);
        assertThat(after2.probability(0)).isCloseTo(0.25 * Math.exp(3) / total, within(1e-6));
        assertThat(after2.probabilityOf(2)).isCloseTo(0.125 / total, within(1e-6));
        assertThat(after2.rankOf(3)).isEqualTo(1);
        Ranking afterUnknown = following().below(1, 77);
        assertThat(afterUnknown.probability(0)).isCloseTo(0.25 / (0.5 / Math.E + 0.5), within(1e-6));
    }

    @Test
    void belowTheRootLooksAtNoTransition() {
        assertThat(following().below(0, 2).probability(0)).isEqualTo(0.5);
        assertThat(following().below(2, 2).size()).isZero();
    }

    @Test
    void dynamicWithTransitionsTakesTheLargestProductsOfWhatFollows() {
        HeadCandidates candidates = following();
        DraftTree draft = candidates.dynamic(9, 12, 2);
        List<Double> all = new ArrayList<>();
        for (int first = 0; first < 3; first++) {
            double p = candidates.below(0, 9).probability(first);
            all.add(p);
            Ranking below = candidates.below(1, candidates.below(0, 9).token(first));
            for (int second = 0; second < 3; second++) {
                all.add(p * below.probability(second));
            }
        }
        all.sort(Collections.reverseOrder());
        assertThat(draft.pathProbabilities()).containsExactly(all.stream().mapToDouble(Double::doubleValue).toArray(),
                within(1e-12));
        assertThat(draft.nodesAlong(new int[] { 2, 4 })).hasSize(2);
        assertThat(candidates.fill(9, TreeShape.parse("0,0;1,0")).best(4).tokens()).containsExactly(9, 1, 3, 2, 4);
    }

    @Test
    void sharperTransitionsAreThePowerOfTheFactors() {
        Ranking sharp = new HeadCandidates(new int[][] { { 1 }, { 3, 4 } }, new double[][] { { 1 }, { 0.5, 0.5 } }, 0)
            .with(transitions().withSharpness(0.5))
            .below(1, 2);
        assertThat(sharp.probability(0)).isCloseTo(Math.exp(1.5) / (Math.exp(1.5) + 1), within(1e-6));
    }

    @Test
    void wholeDistributionsRankLikeTheirSortedTops() {
        RandomGenerator random = RandomTrees.random(9);
        int[] vocabulary = IntStream.range(0, 5).toArray();
        double[][] p = new double[2][];
        for (int h = 0; h < 2; h++) {
            double[] raw = random.doubles(5).toArray();
            double sum = Arrays.stream(raw).sum();
            p[h] = Arrays.stream(raw).map((value) -> value / sum).toArray();
        }
        float[] flat = new float[10];
        for (int i = 0; i < 10; i++) {
            flat[i] = (float) p[i / 5][i % 5];
        }
        HeadCandidates whole = HeadCandidates.whole(vocabulary, flat, 2).with(transitions());
        HeadCandidates listed = new HeadCandidates(new int[][] { vocabulary.clone(), vocabulary.clone() }, p, 0)
            .with(transitions());
        assertThat(whole.dynamic(1, 30, 2).pathProbabilities())
            .containsExactly(listed.dynamic(1, 30, 2).pathProbabilities(), within(1e-6));
        double entropy = Arrays.stream(p[0]).map((value) -> -value * Math.log(value)).sum();
        assertThat(whole.dynamic(1, 3, 2).headEntropyNats()).isCloseTo(entropy, within(1e-6));
    }

    @Test
    void noiseChoosesAmongTheCandidatesOfEveryNode() {
        double[][] noise = { { 0, 0, 3, 0, 0 }, { 0, 0, 0, 4, 0 } };
        HeadCandidates candidates = following().with((head, token) -> noise[head][token]);
        assertThat(candidates.below(0, 9).token(0)).isEqualTo(2); // 0.25 e³ over 0.5
        assertThat(candidates.below(1, 2).token(0)).isEqualTo(3); // 0.5 e⁴ over 0.25 e³
        assertThat(candidates.below(1, 2).probability(0)).isLessThan(1).isGreaterThan(0.5);
    }

    @Test
    void fillPutsRanksWhereTheShapeSays() {
        HeadCandidates candidates = RandomTrees.candidates(RandomTrees.random(2), 3, 4);
        DraftTree draft = candidates.fill(9, TreeShape.parse("0;0,2;0,2,1;3"));
        double[] p = { candidates.below(0, 0).probability(0), candidates.below(1, 0).probability(2),
                candidates.below(2, 0).probability(1), candidates.below(0, 0).probability(3) };
        CandidateTree tree = draft.best(4);
        assertThat(tree.tokens()).containsExactly(9, 0, 102, 201, 3);
        assertThat(draft.pathProbability(2)).isCloseTo(p[0] * p[1] * p[2], within(1e-15));
        assertThat(draft.pathProbability(3)).isEqualTo(p[3]);
        assertThat(draft.headConfidence()).isEqualTo(p[0]);
        assertThat(draft.headEntropyNats()).isEqualTo(1);
    }

    @Test
    void fillWhenTheShapeIsTooLargeSaysWhatIsMissing() {
        HeadCandidates candidates = RandomTrees.candidates(RandomTrees.random(2), 2, 3);
        assertThatIllegalArgumentException().isThrownBy(() -> candidates.fill(0, TreeShape.branching(1, 1, 1)))
            .withMessage("the tree shape needs rank 0 of head 2, but there are 2 heads; use a smaller shape");
        assertThatIllegalArgumentException().isThrownBy(() -> candidates.fill(0, TreeShape.branching(1, 4)))
            .withMessage("the tree shape needs rank 3 of head 1, but that head proposes 3 tokens; use a smaller shape");
    }

    @Test
    void tokensAndProbabilitiesMustMatch() {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> HeadCandidates.whole(new int[] { 1, 2, 3 }, new float[5], 2))
            .withMessage("2 heads with 3 tokens need a probability for each, were 5");
        assertThatIllegalArgumentException().isThrownBy(() -> new HeadCandidates(new int[0][], new double[0][], 0))
            .withMessageContaining("same number of heads");
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new HeadCandidates(new int[][] { { 1 }, { 1, 2 } }, new double[][] { { 1 }, { 1 } }, 0))
            .withMessage("head 1 needs one probability per token, were 1 and 2");
    }

    @Test
    void headsThatHaveLostTheirNumbersExpectNothing() {
        int[] vocabulary = { 3, 5, 8, 9 };
        float[] lost = new float[2 * vocabulary.length];
        Arrays.fill(lost, Float.NaN);
        HeadCandidates heads = HeadCandidates.whole(vocabulary, lost, 2);
        Transitions following = new Transitions(vocabulary, new float[5], new float[4]);
        for (HeadCandidates each : List.of(heads, heads.with(following), heads.with((head, token) -> 0.5 * token),
                heads.with(following).with((head, token) -> 0.5 * token))) {
            for (DraftTree draft : List.of(each.draft(7, DraftLimits.of(TreeShape.branching(2, 1))),
                    each.draft(7, DraftLimits.of(6, 2)))) {
                assertThat(Arrays.stream(draft.pathProbabilities()))
                    .allMatch((probability) -> probability >= 0 && probability <= 1);
            }
        }
        assertThat(heads.draft(7, DraftLimits.of(6, 2)).expectation(4)).isZero();
        assertThat(heads.headEntropyNats()).as("no small one, for a gate").isNaN();
    }

    @ParameterizedTest
    @ValueSource(floats = { Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY })
    void transitionsThatHaveLostTheirNumbersSayNothing(float lost) {
        int[] vocabulary = { 3, 5, 8, 9 };
        float[] probabilities = { 0.4f, 0.3f, 0.2f, 0.1f, 0.1f, 0.2f, 0.3f, 0.4f };
        float[] from = new float[5]; // an infinite factor times 0 is no number
        Arrays.fill(from, Float.isNaN(lost) ? 1 : 0);
        float[] to = new float[4];
        Arrays.fill(to, lost);
        HeadCandidates heads = HeadCandidates.whole(vocabulary, probabilities, 2);
        HeadCandidates listed = new HeadCandidates(new int[][] { vocabulary, vocabulary },
                new double[][] { { 0.4, 0.3, 0.2, 0.1 }, { 0.1, 0.2, 0.3, 0.4 } }, 1);
        for (HeadCandidates each : List.of(heads, listed)) {
            DraftTree expected = each.draft(7, DraftLimits.of(6, 2));
            DraftTree draft = each.with(new Transitions(vocabulary, from, to)).draft(7, DraftLimits.of(6, 2));
            assertThat(draft.pathProbabilities()).containsExactly(expected.pathProbabilities(), within(1e-6));
        }
    }

}
