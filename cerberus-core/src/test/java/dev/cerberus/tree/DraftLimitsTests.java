package dev.cerberus.tree;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DraftLimitsTests {

    @Test
    void draftsWithoutNodesOrLevelsAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> DraftLimits.of(0, 1))
            .withMessage("a draft needs at least one node and one level, was 0 and 1");
        assertThatIllegalArgumentException().isThrownBy(() -> DraftLimits.of(1, 0))
            .withMessage("a draft needs at least one node and one level, was 1 and 0");
    }

    @Test
    void aStaticShapeIsItsOwnLimit() {
        DraftLimits limits = DraftLimits.of(TreeShape.parse("0,0;0,1;1,0;2"));
        assertThat(limits.maxNodes()).isEqualTo(6);
        assertThat(limits.maxDepth()).isEqualTo(2);
        assertThat(limits.shape()).map(TreeShape::width).contains(3);
    }

}
