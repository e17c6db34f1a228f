package dev.cerberus.model;

import java.util.Optional;
import java.util.function.DoublePredicate;

import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.PathLookup;
import dev.cerberus.tree.TreeShape;

/**
 * What one step asks of the draft heads.
 *
 * @param rootToken the token that the target model already chose
 * @param rootPosition absolute position of the root token
 * @param maxNodes the most draft nodes wanted, at least 1
 * @param maxDepth the deepest level wanted, at least 1
 * @param shape a static shape to fill; empty for the best nodes whatever their shape
 * @param sampling how the target chooses tokens; the heads' probabilities are meant for
 * its temperature
 * @param coupled whether the noise of the target's choice ranks the candidates too;
 * without effect when greedy
 * @param lookup a second opinion beside the heads'; it has no place in a static shape
 * @param growth whether a free shape should have a further node, asked with its path
 * probability; serial heads do without
 */
public record DraftPlan(int rootToken, long rootPosition, int maxNodes, int maxDepth, Optional<TreeShape> shape,
        SamplingOptions sampling, boolean coupled, Optional<PathLookup> lookup, DoublePredicate growth) {

    /**
     * Checks the ranges.
     */
    public DraftPlan {
        if (maxNodes < 1 || maxDepth < 1) {
            throw new IllegalArgumentException(
                    "a draft needs at least one node and one level, was " + maxNodes + " and " + maxDepth);
        }
    }

    /**
     * Creates a plan for the heads alone.
     * @param rootToken the token that the target model already chose
     * @param rootPosition absolute position of the root token
     * @param maxNodes the most draft nodes wanted
     * @param maxDepth the deepest level wanted
     * @param shape a static shape to fill
     * @param sampling how the target chooses tokens
     * @param coupled whether the noise of the target's choice ranks the candidates too
     */
    public DraftPlan(int rootToken, long rootPosition, int maxNodes, int maxDepth, Optional<TreeShape> shape,
            SamplingOptions sampling, boolean coupled) {
        this(rootToken, rootPosition, maxNodes, maxDepth, shape, sampling, coupled, Optional.empty(),
                (pathProbability) -> true);
    }

}
