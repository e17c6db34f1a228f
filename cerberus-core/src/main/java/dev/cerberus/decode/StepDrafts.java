package dev.cerberus.decode;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import dev.cerberus.accept.Verdict;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.StepOutcome;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;
import dev.cerberus.tree.PathLookup;
import dev.cerberus.tree.TreeShape;

/**
 * The drafts of one answer: when its gate wants one, who proposes what, and what the gate
 * learns of how they fared. Confined to the engine thread.
 */
final class StepDrafts {

    /** Candidates below one node that a free tree can use; further ones never pay. */
    private static final int MOST_RANKS = 32;

    private final Optional<DraftHeads> heads;

    private final Gate gate;

    private final DecodeRequest request;

    private final ContextLookup lookup;

    private final Optional<AnswerConstraint> constraint;

    private final int mostNodes; // 0 if there is nobody who proposes anything

    /**
     * Creates the drafts of an answer.
     * @param heads the draft heads, if there are any
     * @param gate decides about drafting
     * @param request what to decode
     * @param lookup finds what followed before
     * @param constraint follows the answer, told by its owner
     */
    StepDrafts(Optional<DraftHeads> heads, Gate gate, DecodeRequest request, ContextLookup lookup,
            Optional<AnswerConstraint> constraint) {
        this.heads = heads;
        this.gate = gate;
        this.request = request;
        this.lookup = lookup;
        this.constraint = constraint;
        // A static shape takes heads to fill it.
        boolean proposed = heads.isPresent()
                || (request.shape().isEmpty() && (request.drafting().contextLookup() || constraint.isPresent()));
        this.mostNodes = proposed ? request.shape().map(TreeShape::nodeCount).orElse(request.maxNodes()) : 0;
    }

    /** Returns the most nodes of a draft, 0 if there can be none. */
    int mostNodes() {
        return this.mostNodes;
    }

    /**
     * Asks the gate whether to draft below a root.
     * @param before scores that the root was chosen from
     * @param node the node that they are of
     * @param root the root's token
     * @param length tokens in the cache, the root not being one of them
     * @param useful the most tokens of a path that the answer can use and the cache take
     * @param room the most draft nodes that there may be room for
     * @return what it said
     */
    Consultation consult(NodeScores before, int node, int root, int length, int useful, int room) {
        long start = System.nanoTime();
        SignalReader signals = new SignalReader(before, node);
        int depth = this.heads.map((present) -> Math.min(useful, present.description().heads())).orElse(useful);
        Optional<TreeShape> shape = this.request.shape()
            .filter((whole) -> depth >= 1)
            .map((whole) -> whole.limitedTo(depth));
        // asked in vain, heads would cost their time at every step
        boolean fits = shape.isEmpty() || shape.get().nodeCount() <= room;
        boolean wanted = this.mostNodes > 0 && depth >= 1 && fits
                && (this.gate.consultsHeads(signals) || this.gate.wakes(this::promise));
        int ranks = shape.map(TreeShape::width).orElse(Math.min(this.mostNodes, MOST_RANKS));
        Optional<DraftRoot> asked = (wanted && this.heads.isPresent() && headsAreOfUse())
                ? Optional.of(new DraftRoot(before, node, root, length, this.request.sampling(),
                        this.request.drafting().coupled(), ranks))
                : Optional.empty();
        return new Consultation(signals, wanted, root, useful, shape, asked, (System.nanoTime() - start) * 1e-9);
    }

    /**
     * Drafts what may follow a root, if the gate wanted that.
     * @param consultation what it said, and what the heads propose
     * @param room the most draft nodes
     * @return the draft, if any was made
     */
    @Nullable DraftTree draft(Consultation consultation, int room) {
        Optional<TreeShape> shape = consultation.shape();
        if (!consultation.wanted() || room < 1 || (shape.isPresent() && shape.get().nodeCount() > room)) {
            return null;
        }
        Optional<ContextLookup> looked = this.request.drafting().contextLookup() ? Optional.of(this.lookup)
                : Optional.empty();
        Optional<PathLookup> lookup = this.constraint.map((kept) -> kept.over(looked)).or(() -> looked);
        DraftLimits limits = new DraftLimits(Math.min(room, this.mostNodes), consultation.useful(), shape, lookup,
                this.gate.growth());
        DraftProposal proposal = consultation.proposal();
        DraftTree draft = (proposal == null) ? HeadCandidates.NONE.draft(consultation.root(), limits)
                : proposal.draft(limits);
        consultation.signals().drafted(draft, proposal == null && this.heads.isPresent());
        return draft;
    }

    /**
     * Returns whether heads can say anything that is not known without them: where half
     * of what they could propose is forced, the rest is reached too seldom for their
     * time.
     */
    private boolean headsAreOfUse() {
        int half = (this.heads.map((present) -> present.description().heads()).orElse(0) + 1) / 2;
        return this.request.shape().isPresent()
                || this.constraint.map((kept) -> kept.forcedAhead(half) < half).orElse(true);
    }

    private double promise() {
        double forced = this.constraint.map(AnswerConstraint::promise).orElse(0.0);
        return (forced > 0 && this.request.shape().isEmpty()) ? forced : lookupPromise();
    }

    private double lookupPromise() {
        if (!this.request.drafting().contextLookup() || this.request.shape().isPresent()) {
            return 0;
        }
        return this.constraint.map((kept) -> this.lookup.promise(kept::mayBeNext)).orElseGet(this.lookup::promise);
    }

    /** Returns the draft nodes that the target agreed with, from the root downwards. */
    static int[] kept(@Nullable DraftTree draft, CandidateTree tree, Verdict verdict) {
        if (draft == null) {
            return new int[0];
        }
        return draft.nodesAlong(Arrays.stream(verdict.path(), 1, verdict.path().length).map(tree::token).toArray());
    }

    /**
     * Tells the gate what a step brought.
     * @param draft what was drafted, if anything was
     * @param headsRan whether the heads ran, whatever came of it
     * @param tree what was verified of it
     * @param kept the draft nodes that the target agreed with
     * @param next the target's choice after them
     * @param draftSeconds time of drafting
     * @param verifySeconds time of all that followed
     */
    void observe(@Nullable DraftTree draft, boolean headsRan, CandidateTree tree, int[] kept, int next,
            double draftSeconds, double verifySeconds) {
        if (draft != null && tree.nodeCount() == 1) {
            learn(draft, next);
        }
        this.gate.observe(outcome(draft, headsRan, tree, kept, draftSeconds, verifySeconds));
    }

    private static StepOutcome outcome(@Nullable DraftTree draft, boolean headsRan, CandidateTree tree, int[] kept,
            double draftSeconds, double verifySeconds) {
        if (draft == null || tree.nodeCount() == 1) {
            return StepOutcome.plain(headsRan, draftSeconds, verifySeconds);
        }
        return new StepOutcome(Arrays.copyOf(draft.pathProbabilities(), tree.nodeCount() - 1), kept, headsRan,
                draftSeconds, verifySeconds);
    }

    /** Tells the gate what became of a draft that it did not want to be verified. */
    private void learn(DraftTree draft, int next) {
        int[] children = IntStream.range(0, draft.nodeCount()).filter((node) -> draft.parent(node) == 0).toArray();
        if (children.length > 0) {
            this.gate.learn(Arrays.stream(children).mapToDouble(draft::pathProbability).toArray(),
                    IntStream.range(0, children.length).filter((i) -> draft.token(children[i]) == next).toArray());
        }
    }

    /** Counts the first of the nodes kept by who proposed them. */
    static AcceptedTokens accepted(@Nullable DraftTree draft, int[] kept, int emitted) {
        AcceptedTokens accepted = AcceptedTokens.NONE;
        for (int i = 0; draft != null && i < emitted; i++) {
            accepted = accepted.and(draft.source(kept[i]));
        }
        return accepted;
    }

}
