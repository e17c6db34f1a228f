package dev.cerberus.decode;

import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.ThresholdGate;

/**
 * The decoder that drafts above a threshold of what the heads expect.
 */
class HeadThresholdDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new ThresholdGate(GateSignal.TREE_EXPECTATION, 0.5, sizer());
    }

}
