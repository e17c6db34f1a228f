package dev.cerberus.decode;

import java.util.Map;

import dev.cerberus.gate.GateSignal;

/**
 * What happened in one decode step.
 *
 * @param nodes draft nodes verified; 0 for a plain step
 * @param draftDepth depth of the deepest draft node
 * @param headsRan whether the heads were run
 * @param expectation accepted draft tokens that were expected of the verified nodes
 * @param accepted draft tokens that became part of the answer
 * @param signals the gate signals computed at this step, with their values
 * @param draftSeconds time of running the heads and building the tree
 * @param verifySeconds time of the target's forward and of accepting
 * @param commitSeconds time of compacting the KV cache
 */
public record DecodeStep(int nodes, int draftDepth, boolean headsRan, double expectation, AcceptedTokens accepted,
        Map<GateSignal, Double> signals, double draftSeconds, double verifySeconds, double commitSeconds) {

    /**
     * Returns the number of draft tokens that became part of the answer.
     * @return 0 or more
     */
    public int acceptedDraftTokens() {
        return this.accepted.total();
    }

    /**
     * Returns whether the step verified draft tokens.
     * @return whether the gate said DRAFT
     */
    public boolean drafted() {
        return this.nodes > 0;
    }

}
