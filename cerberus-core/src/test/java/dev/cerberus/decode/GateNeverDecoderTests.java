package dev.cerberus.decode;

import dev.cerberus.gate.Gate;
import dev.cerberus.gate.NeverGate;

/**
 * The decoder whose gate never drafts.
 */
class GateNeverDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new NeverGate();
    }

}
