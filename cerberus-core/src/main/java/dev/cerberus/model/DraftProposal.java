package dev.cerberus.model;

import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;

/**
 * What draft heads propose below one root, to be made into a draft once it is known how
 * large that may become. Valid as long as the root's scores are open; confined to the
 * engine thread.
 */
@FunctionalInterface
public interface DraftProposal {

    /**
     * Returns the draft.
     * @param limits how large it may become
     * @return the proposed nodes
     * @throws IllegalArgumentException if the heads can not fill the limits' shape
     */
    DraftTree draft(DraftLimits limits);

}
