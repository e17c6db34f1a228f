package dev.cerberus.djl;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Regions of a pool: where they lie, and that they never overlap. */
class PoolRegionsTests {

    private final PoolRegions regions = new PoolRegions();

    @Test
    void emptyPoolHasNoRoom() {
        assertThat(this.regions.take(1)).isEmpty();
        assertThat(this.regions.lacking(10)).isEqualTo(10);
    }

    @Test
    void firstGapThatIsLongEnoughIsTaken() {
        this.regions.grow(100);
        assertThat(this.regions.take(10)).hasValue(0);
        assertThat(this.regions.take(20)).hasValue(10);
        assertThat(this.regions.take(30)).hasValue(30);
        this.regions.give(10);
        assertThat(this.regions.take(21)).hasValue(60);
        assertThat(this.regions.take(20)).hasValue(10);
        assertThat(this.regions.take(20)).isEmpty();
        assertThat(this.regions.lacking(20)).isEqualTo(1);
        this.regions.grow(1);
        assertThat(this.regions.take(20)).hasValue(81);
        assertThat(this.regions.taken()).isEqualTo(101);
    }

    @Test
    void whatIsTrimmedIsFree() {
        this.regions.grow(100);
        this.regions.take(60);
        this.regions.take(40);
        this.regions.trim(0, 20);
        assertThat(this.regions.taken()).isEqualTo(60);
        assertThat(this.regions.take(41)).isEmpty();
        assertThat(this.regions.take(40)).hasValue(20);
    }

    @Test
    void regionsNeverOverlap() {
        SplittableRandom random = new SplittableRandom(5);
        Map<Integer, Integer> taken = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            if (taken.isEmpty() || random.nextInt(5) > 1) {
                int rows = 1 + random.nextInt(50);
                OptionalInt found = this.regions.take(rows);
                if (found.isEmpty()) {
                    this.regions.grow(this.regions.lacking(rows));
                    found = this.regions.take(rows);
                }
                int first = found.orElseThrow();
                taken.forEach((other, length) -> assertThat(first + rows <= other || other + length <= first).isTrue());
                taken.put(first, rows);
                assertThat(first + rows).isLessThanOrEqualTo(this.regions.size());
            }
            else {
                int first = taken.keySet().iterator().next();
                taken.remove(first);
                this.regions.give(first);
            }
        }
        assertThat(this.regions.taken()).isEqualTo(taken.values().stream().mapToInt(Integer::intValue).sum());
    }

}
