package dev.cerberus.djl;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FastestThreadsTests {

    private int threads;

    private int steps;

    private int most = Integer.MAX_VALUE;

    private long now;

    /** A step that takes so many milliseconds by the number of threads. */
    private int find(int processors, Map<Integer, Integer> milliseconds) {
        return new FastestThreads(() -> {
            this.steps++;
            this.now += Duration.ofMillis(milliseconds.get(this.threads)).toNanos();
        }, (number) -> this.threads = number, (number) -> number <= this.most, () -> this.now).find(processors);
    }

    @Test
    void moreThreadsAreTakenWhereTheyAreFaster() {
        assertThat(find(2, Map.of(1, 40, 2, 10))).isEqualTo(2).isEqualTo(this.threads);
        assertThat(find(2, Map.of(1, 20, 2, 25))).isEqualTo(1).isEqualTo(this.threads);
    }

    @Test
    void theSearchEndsWhereFurtherOnesBringNothing() {
        assertThat(find(16, Map.of(1, 40, 2, 20, 4, 10, 8, 12))).isEqualTo(4).isEqualTo(this.threads);
    }

    @Test
    void theLastIsAsManyAsThereAreProcessors() {
        assertThat(find(3, Map.of(1, 40, 2, 20, 3, 10))).isEqualTo(3);
        assertThat(find(1, Map.of())).isEqualTo(1);
    }

    @Test
    void noStepIsTriedAgainThatWaitsForProcessors() {
        assertThat(find(2, Map.of(1, 10, 2, 400))).isEqualTo(1);
        assertThat(this.steps).as("two by one thread, one by two").isEqualTo(3);
    }

    @Test
    void whatWouldChangeBitsIsNotTried() {
        this.most = 2;
        assertThat(find(16, Map.of(1, 40, 2, 20))).isEqualTo(2).isEqualTo(this.threads);
        this.most = 1;
        assertThat(find(16, Map.of(1, 40))).isEqualTo(1);
    }

}
