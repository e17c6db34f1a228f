package dev.cerberus.tree;

import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class TransitionsTests {

    private static float[] random(RandomGenerator random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void factorsAreTheExponentialsOfTheProducts() {
        for (int tokens : new int[] { 5, 2500 }) { // kept rows, and none
            RandomGenerator random = RandomTrees.random(tokens);
            int[] vocabulary = IntStream.range(0, tokens).map((i) -> 3 * i + 1).toArray();
            float[] from = random(random, 2 * (tokens + 1));
            float[] to = random(random, 2 * tokens);
            Transitions transitions = new Transitions(vocabulary, from, to);
            for (int parent : new int[] { 1, 2, 7, 13, 3 * tokens, 1 << 20 }) {
                boolean known = parent % 3 == 1 && parent < 3 * tokens;
                int row = known ? parent / 3 : tokens;
                for (int round = 0; round < 2; round++) {
                    float[] whole = transitions.factors(parent, vocabulary);
                    for (int i = 0; i < 5; i++) {
                        double score = from[2 * row] * to[2 * i] + from[2 * row + 1] * to[2 * i + 1];
                        assertThat(Math.log(whole[i])).isCloseTo(score, within(1e-5));
                    }
                }
                assertThat(transitions.factors(parent, new int[] { 4 })[0])
                    .isEqualTo(transitions.factors(parent, vocabulary)[1]);
            }
        }
    }

    @Test
    void withSharpnessCountsFromWhatWasTrained() {
        Transitions trained = new Transitions(new int[] { 2 }, new float[] { 1, 0 }, new float[] { 1 });
        Transitions halved = trained.withSharpness(0.5);
        assertThat((double) halved.factors(2, new int[] { 2 })[0]).isCloseTo(Math.exp(0.5), within(1e-6));
        assertThat(halved.withSharpness(0.5)).isSameAs(halved);
        assertThat((double) halved.withSharpness(1).factors(2, new int[] { 2 })[0]).isCloseTo(Math.E, within(1e-6));
    }

    @Test
    void factorsOfALowTemperatureAreFinite() {
        Transitions trained = new Transitions(new int[] { 2, 3 }, new float[] { 9, 9, 0 }, new float[] { 9, -9 });
        int[] tokens = { 2, 3 };
        HeadCandidates candidates = new HeadCandidates(new int[][] { tokens, tokens },
                new double[][] { { 0.9, 0.1 }, { 1e-30, 1 } }, 0.5)
            .with(trained.withSharpness(1000));
        Ranking ranking = candidates.below(1, 2);
        assertThat(ranking.token(0)).isEqualTo(2);
        assertThat(ranking.probability(0)).isCloseTo(1, within(1e-9));
        assertThat(candidates.with((head, token) -> 0).below(1, 2).probabilityOf(3)).isBetween(0.0, 1.0);
    }

    @Test
    void factorsOfTheWrongSizeAreRefused() {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new Transitions(new int[] { 1, 2 }, new float[4], new float[4]))
            .withMessageContaining("[3, rank] and [2, rank] numbers, were 4 and 4");
    }

}
