package dev.cerberus.constrain;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CompileBudgetTests {

    private static void spend(CompileBudget budget) {
        for (int i = 0; i < 1000; i++) {
            budget.spend();
        }
    }

    @Test
    void timeInWhichTheThreadWaitsIsNotCounted() throws InterruptedException {
        CompileBudget budget = new CompileBudget(Duration.ofMillis(300));
        spend(budget);
        Thread.sleep(400);
        spend(budget);
    }

    @Test
    void timeInWhichTheThreadComputesIsCounted() {
        CompileBudget budget = new CompileBudget(Duration.ofMillis(20));
        assertThatExceptionOfType(ConstraintException.class).isThrownBy(() -> {
            while (true) {
                spend(budget);
            }
        }).withMessageContaining("takes longer than 20 ms");
    }

    @Test
    void noTimeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CompileBudget(Duration.ZERO));
    }

}
