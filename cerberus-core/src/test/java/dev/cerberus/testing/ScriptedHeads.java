package dev.cerberus.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.HeadCandidates;

/**
 * Draft heads of a {@link ScriptedTargetModel} that know what it will write and say so as
 * often as they are told to.
 *
 * <p>
 * A head's most probable token is the one that comes with the given probability, which is
 * also the probability that it claims; else that token is of a lower rank or not among
 * its candidates. What they say depends on nothing but the position and the text before
 * it. Confined to one thread at a time.
 */
public final class ScriptedHeads implements DraftHeads {

    private static final int RANKS = 4;

    private final ScriptedTargetModel model;

    private final HeadsDescription description;

    private final double accuracy;

    private final SamplingOptions sampling;

    private final List<Integer> calls = new ArrayList<>();

    private Optional<Consumer<List<DraftRoot>>> failure = Optional.empty();

    private int drafts;

    private boolean closed;

    /**
     * Creates heads.
     * @param model the model to draft for; its vocabulary must have more than 8 tokens
     * @param heads number of heads
     * @param accuracy how often a head's first candidate is right, in 0..1
     * @param sampling how the model's tokens are chosen
     */
    public ScriptedHeads(ScriptedTargetModel model, int heads, double accuracy, SamplingOptions sampling) {
        this.model = model;
        this.description = new HeadsDescription(HeadsKind.CERBERUS, true, true, false, heads, 2,
                model.dimensions().hiddenSize(), model.dimensions().vocabularySize());
        this.accuracy = accuracy;
        this.sampling = sampling;
    }

    /**
     * Lets calls fail.
     * @param failing throws where a call with these roots is to fail
     */
    public void failWith(Consumer<List<DraftRoot>> failing) {
        this.failure = Optional.of(failing);
    }

    /**
     * Returns for how many roots the heads have run.
     * @return 0 or more
     */
    public int drafts() {
        return this.drafts;
    }

    @Override
    public HeadsDescription description() {
        return this.description;
    }

    /**
     * Returns for how many roots each call was.
     * @return roots by call, in order
     */
    public List<Integer> calls() {
        return List.copyOf(this.calls);
    }

    @Override
    public List<DraftProposal> propose(List<DraftRoot> roots) {
        if (this.closed) {
            throw new AssertionError("the heads are closed");
        }
        this.calls.add(roots.size());
        this.failure.ifPresent((failing) -> failing.accept(roots));
        return roots.stream().map(this::proposal).toList();
    }

    private DraftProposal proposal(DraftRoot root) {
        this.drafts++;
        int[] before = ((ScriptedTargetModel.Scores) root.scores()).visible(root.node());
        if (before.length != root.position()) {
            throw new AssertionError("the root is at position " + before.length + ", not " + root.position());
        }
        if (root.isCoupled() && !root.sampling().equals(this.sampling)) {
            throw new AssertionError("coupled with " + root.sampling() + " instead of " + this.sampling);
        }
        int[] text = Arrays.copyOf(before, before.length + 1);
        text[before.length] = root.token();
        HeadCandidates candidates = candidates(text);
        return (limits) -> candidates.draft(root.token(), limits);
    }

    private HeadCandidates candidates(int[] text) {
        int heads = this.description.heads();
        int vocabulary = this.description.draftVocabulary();
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(Arrays.hashCode(text));
        int[] coming = this.model.continuation(text, heads, this.sampling);
        int[][] tokens = new int[heads][RANKS];
        double[][] probabilities = new double[heads][RANKS];
        for (int h = 0; h < heads; h++) {
            int rankOfTruth = (random.nextDouble() < this.accuracy) ? 0 : 1 + random.nextInt(2 * RANKS);
            for (int rank = 0; rank < RANKS; rank++) {
                // Distinct, and none of them the truth unless the rank says so.
                tokens[h][rank] = (coming[h] + rank - rankOfTruth + vocabulary) % vocabulary;
                probabilities[h][rank] = (rank == 0) ? this.accuracy
                        : Math.min(this.accuracy, (1 - this.accuracy) / (2 * RANKS));
            }
        }
        return new HeadCandidates(tokens, probabilities, 1 - this.accuracy);
    }

    @Override
    public void close() {
        this.closed = true;
    }

}
