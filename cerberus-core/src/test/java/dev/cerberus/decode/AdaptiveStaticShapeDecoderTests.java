package dev.cerberus.decode;

import java.util.Optional;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.Gate;
import dev.cerberus.tree.TreeShape;

/**
 * The decoder with the adaptive gate and a static shape.
 */
class AdaptiveStaticShapeDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new AdaptiveGate(sizer());
    }

    @Override
    protected Optional<TreeShape> shape() {
        return Optional.of(TreeShape.parse("3,2,1"));
    }

}
