package dev.cerberus.decode;

import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.ThresholdGate;

/**
 * The decoder that drafts below a threshold of the target's entropy.
 */
class GateThresholdDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new ThresholdGate(GateSignal.VOCAB_ENTROPY, 3.0, sizer());
    }

}
