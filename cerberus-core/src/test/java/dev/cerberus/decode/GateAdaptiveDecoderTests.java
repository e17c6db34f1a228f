package dev.cerberus.decode;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.Gate;

/**
 * The decoder with the adaptive gate.
 */
class GateAdaptiveDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new AdaptiveGate(sizer());
    }

}
