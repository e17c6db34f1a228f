package dev.cerberus.accept;

import java.util.function.IntUnaryOperator;

import dev.cerberus.tree.CandidateTree;

/**
 * A rule that says which path of a verified candidate tree is kept. Implementations are
 * immutable and thread-safe.
 */
public interface AcceptancePolicy {

    /**
     * Returns the path to keep.
     * @param tree the verified tree
     * @param choice the target model's own next token after a node; called once for every
     * node of the returned path, from the root downwards
     * @return the accepted path with the token that follows it
     */
    Verdict accept(CandidateTree tree, IntUnaryOperator choice);

}
