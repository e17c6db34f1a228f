package dev.cerberus.decode;

import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.Gate;

/**
 * The decoder that always drafts the best tree.
 */
class GateAlwaysDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new AlwaysGate(sizer());
    }

    @Override
    protected boolean draftsEveryStep() {
        return true;
    }

}
