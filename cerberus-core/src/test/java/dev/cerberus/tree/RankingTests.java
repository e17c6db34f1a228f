package dev.cerberus.tree;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RankingTests {

    @Test
    void ranksAgreeWithSortingWhateverIsAskedFirst() {
        RandomGenerator random = RandomTrees.random(3);
        for (int round = 0; round < 100; round++) {
            int n = 1 + random.nextInt(40);
            int[] tokens = IntStream.range(0, n).map((i) -> 10 + i).toArray();
            double[] weights = random.doubles(n).map((value) -> Math.round(5 * value) / 10.0).toArray();
            int[] expected = IntStream.range(0, n)
                .boxed()
                .sorted((a, b) -> (weights[a] == weights[b]) ? a - b : Double.compare(weights[b], weights[a]))
                .mapToInt(Integer::intValue)
                .toArray();
            Ranking ranking = Ranking.of(tokens, weights.clone(), 2, n);
            for (int asked = 0; asked < 60; asked++) {
                int rank = random.nextInt(n);
                switch (random.nextInt(3)) {
                    case 0 -> assertThat(ranking.token(rank)).isEqualTo(10 + expected[rank]);
                    case 1 -> assertThat(ranking.rankOf(10 + expected[rank])).isEqualTo(rank);
                    default ->
                        assertThat(ranking.probabilityOf(10 + expected[rank])).isEqualTo(weights[expected[rank]] / 2);
                }
            }
            assertThat(ranking.rankOf(5)).isEqualTo(ranking.size()).isEqualTo(n);
            assertThat(ranking.probabilityOf(5)).isZero();
        }
    }

    @Test
    void unlikelyCandidatesAreLeftOutUnlessTheyAreWanted() {
        int[] tokens = { 4, 5, 6, 7 };
        double[] weights = { 1e-6, 0.4, 1e-5, 0.6 };
        Ranking likely = Ranking.of(tokens, weights.clone(), 1, 1);
        assertThat(likely.size()).isEqualTo(2);
        assertThat(likely.token(0)).isEqualTo(7);
        assertThat(likely.probability(1)).isEqualTo(0.4);
        assertThat(likely.rankOf(6)).isEqualTo(2);
        Ranking all = Ranking.of(tokens, weights.clone(), 1, 3);
        assertThat(IntStream.range(0, 4).map(all::token)).containsExactly(7, 5, 6, 4);
    }

    /*
     * As a low temperature leaves them: most are 0, and a static tree wants some all the
     * same.
     */
    @Test
    void coupledKeepsTheBestWhereMoreWeighTheSameThanItKeeps() {
        int[] tokens = IntStream.range(0, 300).toArray();
        double[] weights = new double[300];
        weights[250] = 0.75;
        weights[290] = 0.25;
        Ranking wide = Ranking.coupled(tokens, weights, (token) -> 0, 4);
        assertThat(wide.size()).isEqualTo(64);
        assertThat(IntStream.range(0, 4).map(wide::token)).containsExactly(250, 290, 0, 1);
        Arrays.fill(weights, 0.001);
        weights[280] = 0.5;
        Ranking flat = Ranking.coupled(tokens, weights, (token) -> 0, 1);
        assertThat(flat.size()).isEqualTo(64);
        assertThat(flat.token(0)).isEqualTo(280);
    }

    @Test
    void coupledRanksByLogarithmAndNoise() {
        RandomGenerator random = RandomTrees.random(4);
        int[] tokens = IntStream.range(0, 300).toArray();
        double[] noise = random.doubles(300).map((u) -> -Math.log(-Math.log(u))).toArray();
        for (double flatness : new double[] { 0.1, 1, 50 }) {
            double[] weights = random.doubles(300).map((u) -> Math.exp(-u * 12 / flatness)).toArray();
            Ranking ranking = Ranking.coupled(tokens, weights, (token) -> noise[token], 8);
            assertThat(ranking.size()).isBetween(8, 64);
            double least = IntStream.range(0, ranking.size())
                .mapToDouble((rank) -> weights[ranking.token(rank)])
                .min()
                .getAsDouble();
            int[] expected = IntStream.range(0, 300)
                .filter((i) -> weights[i] >= least)
                .boxed()
                .sorted((a, b) -> Double.compare(Math.log(weights[b]) + noise[b], Math.log(weights[a]) + noise[a]))
                .mapToInt(Integer::intValue)
                .toArray();
            assertThat(IntStream.range(0, ranking.size()).map(ranking::token))
                .containsExactly(Arrays.stream(expected).boxed().toArray(Integer[]::new));
            assertThat(IntStream.range(0, ranking.size()).mapToDouble(ranking::probability).sum()).isCloseTo(1,
                    within(1e-9));
        }
    }

    @Test
    void coupledKeepsAsManyAsAreAskedForHoweverUnlikely() {
        double[] weights = new double[100];
        weights[3] = 1;
        assertThat(Ranking.coupled(IntStream.range(0, 100).toArray(), weights, (token) -> 0, 10).size())
            .isGreaterThanOrEqualTo(10);
        assertThat(Ranking.coupled(new int[] { 4, 5 }, new double[] { 0, 1 }, (token) -> 0, 10).size()).isEqualTo(2);
    }

}
