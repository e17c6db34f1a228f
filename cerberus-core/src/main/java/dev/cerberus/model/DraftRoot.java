package dev.cerberus.model;

import dev.cerberus.sample.SamplingOptions;

/**
 * A token that the target model has chosen, for heads to draft what may follow it.
 *
 * @param scores the forward that it was chosen from; open as long as the root is used
 * @param node the node of that forward whose next token it is
 * @param token the token
 * @param position its absolute position
 * @param sampling how the target chooses tokens; the heads' probabilities are meant for
 * its temperature
 * @param coupled whether the noise of the target's choice ranks the candidates too;
 * without effect when greedy
 * @param ranks the most candidates below one node that a draft may need, at least 1
 */
public record DraftRoot(NodeScores scores, int node, int token, long position, SamplingOptions sampling,
        boolean coupled, int ranks) {

    /**
     * Checks the range.
     */
    public DraftRoot {
        if (ranks < 1) {
            throw new IllegalArgumentException("a draft needs at least one candidate below a node, was " + ranks);
        }
    }

    /**
     * Returns whether the noise of the target's choice ranks the candidates.
     * @return {@code false} when greedy
     */
    public boolean isCoupled() {
        return this.coupled && !this.sampling.greedy();
    }

}
