package dev.cerberus.djl;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TorchRuntimeTests {

    private int threads;

    private int steps;

    /** A step that takes so many milliseconds by the number of threads. */
    private boolean isFaster(Map<Integer, Integer> milliseconds) {
        return TorchRuntime.isFaster(2, () -> {
            this.steps++;
            long end = System.nanoTime() + Duration.ofMillis(milliseconds.get(this.threads)).toNanos();
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
        }, (number) -> this.threads = number);
    }

    @Test
    void moreThreadsAreTakenWhereTheyAreClearlyFaster() {
        assertThat(isFaster(Map.of(1, 40, 2, 10))).isTrue();
        assertThat(isFaster(Map.of(1, 20, 2, 20))).isFalse();
    }

    @Test
    void noStepIsTriedAgainThatWaitsForProcessors() {
        assertThat(isFaster(Map.of(1, 10, 2, 400))).isFalse();
        assertThat(this.steps).as("two by one thread, one by two").isEqualTo(3);
    }

}
