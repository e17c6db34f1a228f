package dev.cerberus.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SamplingOptionsTests {

    @ParameterizedTest
    @ValueSource(doubles = { -0.1, 100.5, Double.NaN, Double.POSITIVE_INFINITY })
    void temperatureOutOfRangeIsRefused(double temperature) {
        assertThatIllegalArgumentException().isThrownBy(() -> new SamplingOptions(temperature, 0, 1, 0))
            .withMessage("temperature must be in 0..100, was " + temperature);
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0, -0.5, 1.01, Double.NaN })
    void topPOutOfRangeIsRefused(double topP) {
        assertThatIllegalArgumentException().isThrownBy(() -> new SamplingOptions(1, 0, topP, 0))
            .withMessage("top-p must be in (0, 1], was " + topP);
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0, -1, 10.5, Double.NaN })
    void repetitionPenaltyOutOfRangeIsRefused(double penalty) {
        assertThatIllegalArgumentException().isThrownBy(() -> SamplingOptions.GREEDY.withRepetitionPenalty(penalty))
            .withMessage("repetition-penalty must be in (0, 10], was " + penalty);
        assertThat(SamplingOptions.GREEDY.withRepetitionPenalty(1.1).penalised()).isTrue();
        assertThat(SamplingOptions.GREEDY.penalised()).isFalse();
    }

    @Test
    void negativeTopKIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SamplingOptions(1, -1, 1, 0))
            .withMessage("top-k must be at least 1, or 0 for no limit, was -1");
    }

    @Test
    void onlyTemperatureZeroIsGreedy() {
        assertThat(SamplingOptions.GREEDY.greedy()).isTrue();
        assertThat(new SamplingOptions(0, 5, 0.5, 9).greedy()).isTrue();
        assertThat(new SamplingOptions(Double.MIN_VALUE, 0, 1, 0).greedy()).isFalse();
    }

}
