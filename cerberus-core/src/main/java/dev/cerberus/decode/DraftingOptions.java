package dev.cerberus.decode;

/**
 * What drafts are made of. Immutable and thread-safe. The output does not depend on it.
 *
 * @param coupled whether candidates are ranked with the noise of the target's choice when
 * sampling
 * @param contextLookup whether dynamic trees hold, beside the heads' candidates, how the
 * text went on where its last tokens stood before
 */
public record DraftingOptions(boolean coupled, boolean contextLookup) {

    /** Everything that makes drafts better. */
    public static final DraftingOptions DEFAULT = new DraftingOptions(true, true);

    /** The heads alone, as in the papers. */
    public static final DraftingOptions HEADS_ALONE = new DraftingOptions(true, false);

    /**
     * Returns these options without context lookup if it is not allowed.
     * @param contextLookupAllowed whether the engine looks contexts up at all
     * @return these options or fewer
     */
    public DraftingOptions within(boolean contextLookupAllowed) {
        return new DraftingOptions(this.coupled, this.contextLookup && contextLookupAllowed);
    }

}
