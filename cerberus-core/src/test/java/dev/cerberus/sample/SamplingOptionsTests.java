package dev.cerberus.sample;

import java.util.Map;

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

    @ParameterizedTest
    @ValueSource(doubles = { -0.1, 1.1, Double.NaN })
    void minPOutOfRangeIsRefused(double share) {
        assertThatIllegalArgumentException().isThrownBy(() -> SamplingOptions.GREEDY.withMinP(share))
            .withMessage("min-p must be in 0..1, was " + share);
    }

    @ParameterizedTest
    @ValueSource(doubles = { -10.1, 11, Double.NaN, Double.NEGATIVE_INFINITY })
    void penaltiesOfTheAnswerOutOfRangeAreRefused(double penalty) {
        assertThatIllegalArgumentException().isThrownBy(() -> SamplingOptions.GREEDY.withAnswerPenalties(penalty, 0))
            .withMessage("frequency-penalty must be in -10..10, was " + penalty);
        assertThatIllegalArgumentException().isThrownBy(() -> SamplingOptions.GREEDY.withAnswerPenalties(0, penalty))
            .withMessage("presence-penalty must be in -10..10, was " + penalty);
        assertThat(SamplingOptions.GREEDY.withAnswerPenalties(0, 1).penalised()).isTrue();
    }

    @Test
    void biasOutOfRangeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> SamplingOptions.GREEDY.withLogitBias(Map.of(3, 101.0)))
            .withMessage("logit-bias of token 3 must be in -100..100, was 101.0");
        assertThatIllegalArgumentException().isThrownBy(() -> SamplingOptions.GREEDY.withLogitBias(Map.of(-1, 1.0)))
            .withMessage("logit-bias is for token ids of at least 0, was for -1");
        assertThat(SamplingOptions.GREEDY.withLogitBias(Map.of(3, 1.0)).unchanged()).isFalse();
        assertThat(SamplingOptions.GREEDY.unchanged()).isTrue();
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
