package dev.cerberus.model;

/**
 * The shape of a set of draft heads.
 *
 * @param kind family
 * @param rootConditioned whether every block sees the root token's embedding; always so
 * for hydra, never for medusa
 * @param linked whether a block sees the previous head's state; only for cerberus
 * @param ownLmHead whether every head has its own LM head instead of sharing the target's
 * rows
 * @param heads number of heads, 1..16
 * @param layers blocks per head, 1..8
 * @param hiddenSize width of the target's hidden state
 * @param draftVocabulary number of tokens that the heads can propose
 * @param transitionRank rank of the scores for one drafted token to follow another, 0 for
 * heads without such scores
 */
public record HeadsDescription(HeadsKind kind, boolean rootConditioned, boolean linked, boolean ownLmHead, int heads,
        int layers, int hiddenSize, int draftVocabulary, int transitionRank) {

    /**
     * Checks the ranges.
     */
    public HeadsDescription {
        if (heads < 1 || heads > 16) {
            throw new IllegalArgumentException("the number of heads must be in 1..16, was " + heads);
        }
        if (layers < 1 || layers > 8) {
            throw new IllegalArgumentException("the number of layers of a head must be in 1..8, was " + layers);
        }
        if (hiddenSize < 1 || draftVocabulary < 1) {
            throw new IllegalArgumentException("hidden size and draft vocabulary must be at least 1, were " + hiddenSize
                    + " and " + draftVocabulary);
        }
        if (kind == HeadsKind.MEDUSA && rootConditioned) {
            throw new IllegalArgumentException("medusa heads do not see the root token; use condition none");
        }
        if (kind == HeadsKind.HYDRA && !rootConditioned) {
            throw new IllegalArgumentException("hydra heads always see the root token; use condition root");
        }
        if (transitionRank < 0 || transitionRank > hiddenSize) {
            throw new IllegalArgumentException("the rank of the transitions must be in 0.." + hiddenSize
                    + ", the hidden size, was " + transitionRank);
        }
        if (kind == HeadsKind.HYDRA && transitionRank > 0) {
            throw new IllegalArgumentException("hydra heads see the whole path already; use transition rank 0");
        }
    }

    /**
     * Describes heads without transitions.
     * @param kind family
     * @param rootConditioned whether every block sees the root token's embedding
     * @param linked whether a block sees the previous head's state
     * @param ownLmHead whether every head has its own LM head
     * @param heads number of heads, 1..16
     * @param layers blocks per head, 1..8
     * @param hiddenSize width of the target's hidden state
     * @param draftVocabulary number of tokens that the heads can propose
     */
    public HeadsDescription(HeadsKind kind, boolean rootConditioned, boolean linked, boolean ownLmHead, int heads,
            int layers, int hiddenSize, int draftVocabulary) {
        this(kind, rootConditioned, linked, ownLmHead, heads, layers, hiddenSize, draftVocabulary, 0);
    }

    /**
     * Returns the condition as files and command lines name it.
     * @return {@code root} or {@code none}
     */
    public String condition() {
        return this.rootConditioned ? "root" : "none";
    }

    /**
     * Returns the width of a block's input.
     * @param head 0-based head
     * @param layer 0-based layer
     * @return a multiple of the hidden size
     */
    /*
     * cerberus, first layer: [h; e]. Its two states are both h, so their columns are one.
     * cerberus, later layers: [h_i; h_(i-1); e]. hydra, first layer: [h; e_root; e_1 …
     * e_head].
     */
    public int blockInput(int head, int layer) {
        int root = this.rootConditioned ? 1 : 0;
        int states = switch (this.kind) {
            case CERBERUS -> (layer == 0) ? 1 + root : 2 + root;
            case MEDUSA -> 1;
            case HYDRA -> (layer == 0) ? 2 + head : 1;
        };
        return states * this.hiddenSize;
    }

    /**
     * Returns these heads without their transitions.
     * @return the description of heads that guess every depth on its own
     */
    public HeadsDescription withoutTransitions() {
        return new HeadsDescription(this.kind, this.rootConditioned, this.linked, this.ownLmHead, this.heads,
                this.layers, this.hiddenSize, this.draftVocabulary);
    }

    /**
     * Returns these heads cut to the first ones.
     * @param count number of heads to use, 1..{@link #heads()}
     * @return the description of the smaller set
     */
    public HeadsDescription first(int count) {
        if (count < 1 || count > this.heads) {
            throw new IllegalArgumentException("heads.count must be in 1.." + this.heads + ", was " + count);
        }
        return new HeadsDescription(this.kind, this.rootConditioned, this.linked, this.ownLmHead, count, this.layers,
                this.hiddenSize, this.draftVocabulary, this.transitionRank);
    }

}
