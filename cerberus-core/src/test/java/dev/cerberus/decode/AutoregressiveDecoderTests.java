package dev.cerberus.decode;

import dev.cerberus.gate.Gate;
import dev.cerberus.gate.NeverGate;

/**
 * The decoder without draft heads.
 */
class AutoregressiveDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new NeverGate();
    }

    @Override
    protected boolean hasHeads() {
        return false;
    }

}
