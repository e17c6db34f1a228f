package dev.cerberus.model;

import java.util.List;

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
     * Proposes what may follow the roots of some sequences, all of them together.
     * @param roots at least one root; their scores may come from different forwards
     * @return a proposal for each root, in order
     */
    List<DraftProposal> propose(List<DraftRoot> roots);

    /**
     * Proposes what may follow one root.
     * @param root the root
     * @return the proposal
     */
    default DraftProposal propose(DraftRoot root) {
        return propose(List.of(root)).get(0);
    }

    @Override
    void close();

}
