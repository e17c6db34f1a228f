package dev.cerberus.recipe.train;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class ScheduleTests {

    @Test
    void factorRisesStaysAndFallsToZero() {
        Schedule schedule = Schedule.of(10, 100, 0.3);
        assertThat(schedule.decayStart()).isEqualTo(70);
        assertThat(schedule.factor(0)).isEqualTo(0.1);
        assertThat(schedule.factor(9)).isEqualTo(1);
        assertThat(schedule.factor(69)).isEqualTo(1);
        assertThat(schedule.factor(85)).isEqualTo(0.5);
        assertThat(schedule.factor(100)).isZero();
    }

    @Test
    void endingAtWhenFallHasNotBegunKeepsItsShare() {
        assertThat(Schedule.of(10, 100, 0.3).endingAt(20, 50)).isEqualTo(new Schedule(10, 35, 50));
    }

    @Test
    void endingAtWhenFallShouldHaveBegunBeginsItNow() {
        assertThat(Schedule.of(10, 100, 0.3).endingAt(60, 70)).isEqualTo(new Schedule(10, 60, 70));
    }

    @Test
    void endingAtWhenFallIsUnderWayDoesNotJump() {
        Schedule schedule = Schedule.of(10, 1000, 0.3);
        Schedule shorter = schedule.endingAt(850, 900);
        assertThat(shorter.end()).isEqualTo(900);
        assertThat(shorter.factor(850)).isCloseTo(schedule.factor(850), within(0.01));
    }

    @Test
    void endingAtWhenEndIsPastExplains() {
        assertThatIllegalArgumentException().isThrownBy(() -> Schedule.of(10, 100, 0.3).endingAt(50, 50))
            .withMessageContaining("must lie after step 50, was 50");
    }

}
