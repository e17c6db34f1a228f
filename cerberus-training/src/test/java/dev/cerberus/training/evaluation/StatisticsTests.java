package dev.cerberus.training.evaluation;

import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class StatisticsTests {

    @Test
    void medianOfAnOddNumberIsTheMiddleValue() {
        assertThat(Statistics.median(new double[] { 5, 1, 3 })).isEqualTo(3);
    }

    @Test
    void medianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Statistics.median(new double[] { 4, 1, 3, 10 })).isEqualTo(3.5);
    }

    @Test
    void quantilesReachFromTheSmallestToTheLargestValue() {
        double[] values = { 3, 1, 2 };
        assertThat(Statistics.quantile(values, 0)).isEqualTo(1);
        assertThat(Statistics.quantile(values, 0.5)).isEqualTo(2);
        assertThat(Statistics.quantile(values, 1)).isEqualTo(3);
        assertThat(values).containsExactly(3, 1, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 11 })
    void quartilesAreAsFarFromEitherEnd(int count) {
        double[] values = IntStream.range(0, count).asDoubleStream().toArray();
        assertThat(Statistics.quantile(values, 0.25)).isEqualTo(count - 1 - Statistics.quantile(values, 0.75));
    }

    @Test
    void spearmanSeesOrderOnly() {
        assertThat(Statistics.spearman(new double[] { 1, 2, 3 }, new double[] { 1, 10, 1000 })).isEqualTo(1);
        assertThat(Statistics.spearman(new double[] { 1, 2, 3 }, new double[] { 9, 4, 1 })).isEqualTo(-1);
    }

    @Test
    void spearmanGivesTiedValuesTheirMeanRank() {
        // ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5
        assertThat(Statistics.spearman(new double[] { 1, 2, 2, 3 }, new double[] { 1, 2, 3, 4 }))
            .isCloseTo(4.5 / Math.sqrt(4.5 * 5), within(1e-12));
    }

    @Test
    void spearmanWhenOneSideDoesNotVaryIsZero() {
        assertThat(Statistics.spearman(new double[] { 7, 7, 7 }, new double[] { 1, 2, 3 })).isZero();
    }

    @Test
    void spearmanRefusesSidesOfDifferentLength() {
        assertThatIllegalArgumentException().isThrownBy(() -> Statistics.spearman(new double[1], new double[2]))
            .withMessageContaining("were 1 and 2");
    }

    @Test
    void areaUnderCurveAgreesWithCountingPairs() {
        RandomGenerator random = new Random(3);
        for (int round = 0; round < 50; round++) {
            int n = 2 + random.nextInt(30);
            double[] scores = new double[n];
            boolean[] positive = new boolean[n];
            for (int i = 0; i < n; i++) {
                scores[i] = random.nextInt(6); // few values, so that ties are common
                positive[i] = random.nextBoolean();
            }
            assertThat(Statistics.areaUnderCurve(scores, positive)).isCloseTo(pairs(scores, positive), within(1e-12));
        }
    }

    private static double pairs(double[] scores, boolean[] positive) {
        double won = 0;
        int all = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (positive[i] && !positive[j]) {
                    all++;
                    won += (scores[i] > scores[j]) ? 1 : (scores[i] == scores[j]) ? 0.5 : 0;
                }
            }
        }
        return (all == 0) ? 0.5 : won / all;
    }

}
