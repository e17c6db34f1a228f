package dev.cerberus.benchmarks.device;

import java.util.List;
import java.util.Optional;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.sample.TokenSampler;
import dev.cerberus.tree.CandidateTree;

/**
 * Steps of one sequence whose tokens are sampled, with a seed of its own each. Nothing is
 * committed. Used by one thread.
 */
final class SampledStep {

    private static final double TEMPERATURE = 0.8;

    private static final int KEPT_TOKENS = 40;

    private static final double KEPT_SHARE = 0.9;

    private final TargetModel model;

    private final KvCache cache;

    private long seed;

    private int nodes;

    private int chosen;

    private int different;

    /**
     * Creates steps.
     * @param model what to run
     * @param cache the sequence, which stays as it is
     */
    SampledStep(TargetModel model, KvCache cache) {
        this.model = model;
        this.cache = cache;
    }

    private SamplingOptions next() {
        return new SamplingOptions(TEMPERATURE, 0, 1, this.seed++);
    }

    private NodeScores forward(CandidateTree tree, Optional<SamplingOptions> sampling) {
        return this.model.forward(List.of(new Span.Tree(this.cache, tree, sampling))).get(0);
    }

    private int byLogits(NodeScores scores, CandidateTree tree, int node, SamplingOptions sampling) {
        return new TokenSampler(sampling).choose(scores.logits(node), this.cache.length() + tree.depth(node) + 1L);
    }

    /**
     * Takes a step until the token after its root is known, which the model chooses where
     * it can.
     */
    int byModel(CandidateTree tree) {
        SamplingOptions sampling = next();
        try (NodeScores scores = forward(tree, Optional.of(sampling))) {
            return scores.chosen(0).orElseGet(() -> byLogits(scores, tree, 0, sampling));
        }
    }

    /** Takes a step until the token after its root is chosen by its logits. */
    int byLogits(CandidateTree tree) {
        SamplingOptions sampling = next();
        try (NodeScores scores = forward(tree, Optional.empty())) {
            return byLogits(scores, tree, 0, sampling);
        }
    }

    /**
     * Compares the tokens after all nodes, every second time among those that filters
     * keep.
     */
    void check(CandidateTree tree) {
        SamplingOptions all = next();
        SamplingOptions sampling = (all.seed() % 2 == 0) ? all
                : new SamplingOptions(TEMPERATURE, KEPT_TOKENS, KEPT_SHARE, all.seed());
        try (NodeScores scores = forward(tree, Optional.of(sampling))) {
            for (int node = 0; node < tree.nodeCount(); node++) {
                int expected = byLogits(scores, tree, node, sampling);
                this.nodes++;
                this.chosen += scores.chosen(node).isPresent() ? 1 : 0;
                this.different += (scores.chosen(node).orElse(expected) == expected) ? 0 : 1;
            }
        }
    }

    /** Returns the number of nodes whose tokens were compared. */
    int nodes() {
        return this.nodes;
    }

    /** Returns after how many of them the model had chosen a token. */
    int chosen() {
        return this.chosen;
    }

    /** Returns how many of these are not what the logits say. */
    int different() {
        return this.different;
    }

    /** Returns the counts in words. */
    String summary() {
        return "of " + this.nodes + " tokens the model had sampled " + this.chosen + ", " + this.different
                + " of them others than by logits";
    }

}
