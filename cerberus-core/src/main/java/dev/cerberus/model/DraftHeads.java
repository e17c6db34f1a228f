package dev.cerberus.model;

import dev.cerberus.tree.DraftTree;

/**
 * Small networks that propose several tokens beyond the next one from one hidden state of
 * the target model; head {@code h} (0-based) predicts the token at offset {@code h + 2}.
 *
 * <p>
 * Confined to the engine thread.
 */
public interface DraftHeads extends AutoCloseable {

    /**
     * Returns what is known about the heads.
     * @return the description
     */
    HeadsDescription description();

    /**
     * Proposes draft tokens below a root token.
     * @param scores the last forward of the target model
     * @param node the node of that forward whose next token is the root token
     * @param plan the root token and what is wanted
     * @return the proposed nodes
     */
    DraftTree draft(NodeScores scores, int node, DraftPlan plan);

    @Override
    void close();

}
