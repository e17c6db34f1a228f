package dev.cerberus.training.evaluation;

import java.util.Optional;

import dev.cerberus.engine.GateOptions;
import dev.cerberus.tree.TreeShape;

/**
 * A way to decode that a recording is asked about.
 *
 * @param gate when a step drafts
 * @param shape a static tree shape; empty for the best tree of every step
 * @param maxNodes the most draft nodes of a step, at least 1
 * @param fixedSize whether a step that drafts verifies all of {@code maxNodes} instead of
 * the number that pays best
 */
public record ReplayPlan(GateOptions gate, Optional<TreeShape> shape, int maxNodes, boolean fixedSize) {

    /**
     * Checks the range.
     */
    public ReplayPlan {
        if (maxNodes < 1) {
            throw new IllegalArgumentException("max nodes must be at least 1, was " + maxNodes);
        }
    }

}
