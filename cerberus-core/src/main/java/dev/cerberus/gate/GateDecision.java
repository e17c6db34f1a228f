package dev.cerberus.gate;

/**
 * What the gate says about one step.
 *
 * @param nodes draft nodes to verify; 0 skips drafting
 */
public record GateDecision(int nodes) {

    /**
     * Decode this step without drafting.
     */
    public static final GateDecision SKIP = new GateDecision(0);

    /**
     * Checks the range.
     */
    public GateDecision {
        if (nodes < 0) {
            throw new IllegalArgumentException("nodes must be at least 0, was " + nodes);
        }
    }

    /**
     * Returns a decision to draft.
     * @param nodes draft nodes to verify, at least 1
     * @return the decision
     */
    public static GateDecision draft(int nodes) {
        return new GateDecision(nodes);
    }

    /**
     * Returns whether the step drafts.
     * @return whether there is at least one draft node
     */
    public boolean drafts() {
        return this.nodes > 0;
    }

}
