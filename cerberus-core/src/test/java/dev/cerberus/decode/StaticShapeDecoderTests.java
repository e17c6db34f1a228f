package dev.cerberus.decode;

import java.util.Optional;

import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.Gate;
import dev.cerberus.tree.TreeShape;

/**
 * The decoder that always drafts one static shape.
 */
class StaticShapeDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new AlwaysGate(sizer());
    }

    @Override
    protected Optional<TreeShape> shape() {
        return Optional.of(TreeShape.parse("0;1;2;0,0;0,1;1,0;0,0,0;0,0,0,0"));
    }

    @Override
    protected boolean draftsEveryStep() {
        return true;
    }

}
