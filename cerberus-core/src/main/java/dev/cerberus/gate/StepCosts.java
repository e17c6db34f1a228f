package dev.cerberus.gate;

/**
 * What draft nodes of one sequence cost in the step that is being planned, in plain steps
 * of that sequence. Confined to the engine thread.
 */
public interface StepCosts {

    /**
     * Returns the largest number of draft nodes with a known cost.
     * @return 0 or more
     */
    int maxNodes();

    /**
     * Returns the cost of a step.
     * @param nodes draft nodes, 0 or more; the cost of {@link #maxNodes()} is given for
     * any more
     * @return in plain steps: 1 for no nodes
     */
    double plainSteps(int nodes);

    /**
     * Returns the cost of running the heads.
     * @return in plain steps
     */
    double headsPlainSteps();

    /**
     * Returns whether the cost of a plain step, to which all others are related, has not
     * been seen for so long that one should be taken.
     * @param patience how much longer than usual to wait for that, at least 1
     * @return whether a plain step is due
     */
    boolean plainStepIsDue(int patience);

    /**
     * Returns whether all sequences of the forward do without drafts, but for those that
     * are as good as certain.
     * @return whether this step is one without
     */
    default boolean rests() {
        return false;
    }

    /**
     * Follows an observed step.
     * @param outcome the step
     */
    void observe(StepOutcome outcome);

}
