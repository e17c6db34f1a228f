package dev.cerberus.benchmarks.device;

import java.nio.FloatBuffer;

import org.junit.jupiter.api.Test;

import dev.cerberus.djl.Precision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LogitDistanceTests {

    private static LogitDistance of(float[][] logits, float[][] expected) {
        LogitDistance distance = new LogitDistance();
        for (int i = 0; i < logits.length; i++) {
            distance.add(logits[i], FloatBuffer.wrap(expected[i]));
        }
        return distance;
    }

    @Test
    void tellsTheLargestAndTheRelativeDifferenceAndTheSameBestTokens() {
        LogitDistance distance = of(new float[][] { { 3, 4 }, { 1, 0 } }, new float[][] { { 3, 4.5f }, { 0, 1 } });
        assertThat(distance.largest()).isEqualTo(1);
        assertThat(distance.relative()).isCloseTo(Math.sqrt(2.25 / 30.25), within(1e-12));
        assertThat(distance.same()).isEqualTo(1);
        assertThat(distance.rows()).isEqualTo(2);
    }

    @Test
    void boundsAreThoseOfTheNumberFormat() {
        float[][] expected = { { 100, 1 } };
        assertThat(of(new float[][] { { 100.00005f, 1 } }, expected).isClose(Precision.FP32)).isTrue();
        assertThat(of(new float[][] { { 100.01f, 1 } }, expected).isClose(Precision.FP32)).isFalse();
        assertThat(of(new float[][] { { 100.5f, 1 } }, expected).isClose(Precision.BF16)).isTrue();
        assertThat(of(new float[][] { { 102, 1 } }, expected).isClose(Precision.BF16)).isFalse();
    }

    @Test
    void bf16MayHaveOtherBestTokensNowAndThen() {
        for (int others : new int[] { 2, 3 }) { // 97.3 of 100 must be the same
            LogitDistance distance = new LogitDistance();
            for (int i = 0; i < 100; i++) {
                float[] logits = (i < others) ? new float[] { 1, 1.001f } : new float[] { 1.001f, 1 };
                distance.add(logits, FloatBuffer.wrap(new float[] { 1.001f, 1 }));
            }
            assertThat(distance.isClose(Precision.BF16)).isEqualTo(others == 2);
        }
    }

    @Test
    void whatIsNoNumberIsFarOff() {
        LogitDistance distance = of(new float[][] { { Float.NaN, 1 }, { 2, 1 } }, new float[][] { { 2, 1 }, { 2, 1 } });
        assertThat(distance.largest()).isNaN();
        assertThat(distance.isClose(Precision.FP32)).isFalse();
        assertThat(distance.isClose(Precision.BF16)).isFalse();
    }

    @Test
    void noPositionsAreNoProof() {
        assertThat(new LogitDistance().isClose(Precision.FP32)).isFalse();
    }

}
