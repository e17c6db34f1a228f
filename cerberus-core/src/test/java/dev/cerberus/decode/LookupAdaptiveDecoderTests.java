package dev.cerberus.decode;

import dev.cerberus.gate.AdaptiveGate;
import dev.cerberus.gate.Gate;

/**
 * The decoder without draft heads that drafts from lookup alone behind the adaptive gate.
 */
class LookupAdaptiveDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new AdaptiveGate(sizerWithoutHeads());
    }

    @Override
    protected boolean hasHeads() {
        return false;
    }

}
