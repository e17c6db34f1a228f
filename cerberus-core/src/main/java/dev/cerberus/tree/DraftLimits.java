package dev.cerberus.tree;

import java.util.Optional;
import java.util.function.DoublePredicate;

/**
 * How large a draft may become, and what else has a say in it.
 *
 * @param maxNodes the most draft nodes wanted, at least 1
 * @param maxDepth the deepest level wanted, at least 1
 * @param shape a static shape to fill; empty for the best nodes whatever their shape
 * @param lookup a second opinion beside the heads'; it has no place in a static shape
 * @param growth whether a free shape should have a further node, asked with its path
 * probability; serial heads do without
 */
public record DraftLimits(int maxNodes, int maxDepth, Optional<TreeShape> shape, Optional<PathLookup> lookup,
        DoublePredicate growth) {

    /**
     * Checks the ranges.
     */
    public DraftLimits {
        if (maxNodes < 1 || maxDepth < 1) {
            throw new IllegalArgumentException(
                    "a draft needs at least one node and one level, was " + maxNodes + " and " + maxDepth);
        }
    }

    /**
     * Creates limits for a draft of the best nodes that the heads alone propose.
     * @param maxNodes the most draft nodes wanted
     * @param maxDepth the deepest level wanted
     * @return the limits
     */
    public static DraftLimits of(int maxNodes, int maxDepth) {
        return new DraftLimits(maxNodes, maxDepth, Optional.empty(), Optional.empty(), (pathProbability) -> true);
    }

    /**
     * Creates limits for a draft of a static shape.
     * @param shape the shape
     * @return the limits
     */
    public static DraftLimits of(TreeShape shape) {
        return new DraftLimits(shape.nodeCount(), shape.depth(), Optional.of(shape), Optional.empty(),
                (pathProbability) -> true);
    }

}
