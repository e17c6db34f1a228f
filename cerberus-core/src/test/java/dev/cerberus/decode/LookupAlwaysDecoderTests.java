package dev.cerberus.decode;

import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.Gate;

/**
 * The decoder without draft heads that drafts from lookup alone at every step that finds
 * something.
 */
class LookupAlwaysDecoderTests extends AbstractDecoderContractTests {

    @Override
    protected Gate gate() {
        return new AlwaysGate(sizerWithoutHeads());
    }

    @Override
    protected boolean hasHeads() {
        return false;
    }

}
