package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import dev.cerberus.djl.AttentionUnits.Member;

import static org.assertj.core.api.Assertions.assertThat;

/** Which sequences attend together. */
class AttentionUnitsTests {

    private final AttentionUnits<String> units = new AttentionUnits<>(new AttentionHeads(3, 3, 64));

    private final List<Member<String>> members = new ArrayList<>();

    private void add(String slab, int slot, int rows, int keys) {
        this.members.add(new Member<>(this.members.size(), slab, slot, rows, keys));
    }

    private List<List<Integer>> formed() {
        return this.units.of(this.members).stream().map((unit) -> unit.stream().map(Member::index).toList()).toList();
    }

    @Test
    void tokensOfOneSlabGoTogetherInTheOrderOfTheirSlots() {
        add("a", 2, 1, 64);
        add("b", 0, 1, 64);
        add("a", 0, 1, 96);
        add("a", 1, 1, 32);
        assertThat(formed()).containsExactlyInAnyOrder(List.of(2, 3, 0), List.of(1));
    }

    @Test
    void longContextsAndLargeTreesGoAlone() {
        add("a", 0, 1, AttentionUnits.MOST_KEYS + 32);
        add("a", 1, 1, AttentionUnits.MOST_KEYS + 32);
        add("b", 0, 20, 64);
        add("b", 1, 20, 64);
        assertThat(formed()).containsExactlyInAnyOrder(List.of(0), List.of(1), List.of(2), List.of(3));
    }

    @Test
    void slotsInBetweenAreComputedSoTwoFarApartGoAlone() {
        add("a", 0, 1, 512);
        add("a", 15, 1, 512);
        assertThat(formed()).hasSize(2);
    }

    @Test
    void smallTreesDoNotMakeTokensPayForTheirRows() {
        for (int slot = 0; slot < 8; slot++) {
            add("a", slot, (slot < 6) ? 1 : 8, 512);
        }
        assertThat(formed()).contains(List.of(0, 1, 2, 3, 4, 5));
    }

    @Test
    void shortTreesOfDifferentSizesGoTogether() {
        for (int slot = 0; slot < 6; slot++) {
            add("a", slot, 1 + slot % 3, 32);
        }
        assertThat(formed()).containsExactly(List.of(0, 1, 2, 3, 4, 5));
    }

    @Test
    void everySequenceIsInExactlyOneUnit() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 300; round++) {
            this.members.clear();
            for (int slot = 0; slot < 1 + random.nextInt(16); slot++) {
                add((random.nextInt(3) == 0) ? "b" : "a", slot, 1 + random.nextInt(12), 32 * (1 + random.nextInt(20)));
            }
            assertThat(this.units.of(this.members)
                .stream()
                .filter((unit) -> unit.size() > 1 && unit.get(0).slab().equals("a"))).hasSizeLessThanOrEqualTo(4);
            assertThat(formed().stream().flatMap(List::stream).sorted().toList())
                .isEqualTo(this.members.stream().map(Member::index).toList());
        }
    }

}
