package dev.cerberus.decode;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.tree.TreeShape;

/**
 * What the gate said about drafting at one step, and what the draft heads propose if it
 * wanted them. Confined to the engine thread.
 */
final class Consultation {

    private final SignalReader signals;

    private final boolean wanted;

    private final int root;

    private final int useful;

    private final Optional<TreeShape> shape;

    private final Optional<DraftRoot> asked;

    private @Nullable DraftProposal proposal;

    private double seconds;

    /**
     * Creates a consultation.
     * @param signals what the gate goes by; learns of the draft
     * @param wanted whether there is to be a draft
     * @param root the root's token
     * @param useful the most tokens of a path that the answer can use
     * @param shape a static shape of the draft
     * @param asked what the heads are to be asked, if they are
     * @param seconds what it took
     */
    Consultation(SignalReader signals, boolean wanted, int root, int useful, Optional<TreeShape> shape,
            Optional<DraftRoot> asked, double seconds) {
        this.signals = signals;
        this.wanted = wanted;
        this.root = root;
        this.useful = useful;
        this.shape = shape;
        this.asked = asked;
        this.seconds = seconds;
    }

    /**
     * Takes what the heads propose.
     * @param proposed what they propose
     * @param share this sequence's share of their time, in seconds
     */
    void offer(DraftProposal proposed, double share) {
        this.proposal = proposed;
        this.seconds += share;
    }

    SignalReader signals() {
        return this.signals;
    }

    boolean wanted() {
        return this.wanted;
    }

    int root() {
        return this.root;
    }

    int useful() {
        return this.useful;
    }

    Optional<TreeShape> shape() {
        return this.shape;
    }

    Optional<DraftRoot> asked() {
        return this.asked;
    }

    /** Returns what the heads propose, if they have run. */
    @Nullable DraftProposal proposal() {
        return this.proposal;
    }

    /** Returns the time of all this. */
    double seconds() {
        return this.seconds;
    }

}
