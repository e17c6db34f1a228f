package dev.cerberus.model;

import org.junit.jupiter.api.Test;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HeadsDescriptionTests {

    private static HeadsDescription heads(HeadsKind kind, boolean root) {
        return new HeadsDescription(kind, root, kind == HeadsKind.CERBERUS, kind == HeadsKind.MEDUSA, 4, 2, 100, 50);
    }

    /** Widths in hidden sizes: the first layer, then the second, of heads 0 and 3. */
    @ParameterizedTest
    @CsvSource({ "CERBERUS,true,2,3,2,3", "CERBERUS,false,1,2,1,2", "MEDUSA,false,1,1,1,1", "HYDRA,true,2,1,5,1" })
    void blocksSeeTheStatesOfTheirKind(HeadsKind kind, boolean root, int firstHead, int firstHeadLater, int lastHead,
            int lastHeadLater) {
        HeadsDescription description = heads(kind, root);
        assertThat(description.blockInput(0, 0)).isEqualTo(100 * firstHead);
        assertThat(description.blockInput(0, 1)).isEqualTo(100 * firstHeadLater);
        assertThat(description.blockInput(3, 0)).isEqualTo(100 * lastHead);
        assertThat(description.blockInput(3, 1)).isEqualTo(100 * lastHeadLater);
    }

    @Test
    void firstKeepsEverythingButTheNumber() {
        HeadsDescription two = heads(HeadsKind.CERBERUS, true).first(2);
        assertThat(two).isEqualTo(new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 2, 2, 100, 50));
        assertThat(two.condition()).isEqualTo("root");
        assertThat(heads(HeadsKind.MEDUSA, false).condition()).isEqualTo("none");
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 5, -1 })
    void firstOutOfRangeNamesTheProperty(int count) {
        assertThatIllegalArgumentException().isThrownBy(() -> heads(HeadsKind.CERBERUS, true).first(count))
            .withMessage("heads.count must be in 1..4, was " + count);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = { "0|2|8|8|the number of heads must be in 1..16, was 0",
                    "17|2|8|8|the number of heads must be in 1..16, was 17",
                    "4|0|8|8|the number of layers of a head must be in 1..8, was 0",
                    "4|9|8|8|the number of layers of a head must be in 1..8, was 9",
                    "4|2|0|8|hidden size and draft vocabulary must be at least 1, were 0 and 8",
                    "4|2|8|0|hidden size and draft vocabulary must be at least 1, were 8 and 0" })
    void impossibleShapesAreRefused(int heads, int layers, int hidden, int vocabulary, String message) {
        assertThatIllegalArgumentException().isThrownBy(
                () -> new HeadsDescription(HeadsKind.CERBERUS, true, true, false, heads, layers, hidden, vocabulary))
            .withMessage(message);
    }

    @Test
    void medusaWithRootIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> heads(HeadsKind.MEDUSA, true))
            .withMessage("medusa heads do not see the root token; use condition none");
    }

    @Test
    void hydraWithoutRootIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> heads(HeadsKind.HYDRA, false))
            .withMessage("hydra heads always see the root token; use condition root");
    }

    @ParameterizedTest
    @EnumSource
    void kindsAreFoundByTheirNames(HeadsKind kind) {
        assertThat(HeadsKind.ofId(kind.id())).isEqualTo(kind);
        assertThatIllegalArgumentException().isThrownBy(() -> HeadsKind.ofId(kind.name()))
            .withMessage("kind of heads must be cerberus, medusa or hydra, was '" + kind.name() + "'");
    }

}
