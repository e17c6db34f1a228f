package dev.cerberus.testing;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftPlan;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.DraftTree;
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
     * Returns how often the heads have run.
     * @return 0 or more
     */
    public int drafts() {
        return this.drafts;
    }

    @Override
    public HeadsDescription description() {
        return this.description;
    }

    @Override
    public DraftTree draft(NodeScores scores, int node, DraftPlan plan) {
        if (this.closed) {
            throw new AssertionError("the heads are closed");
        }
        this.drafts++;
        int[] before = ((ScriptedTargetModel.Scores) scores).visible(node);
        if (before.length != plan.rootPosition()) {
            throw new AssertionError(
                    "the root is at position " + before.length + ", the plan says " + plan.rootPosition());
        }
        Optional<SamplingOptions> coupled = (plan.coupled() && !plan.sampling().greedy()) ? Optional.of(plan.sampling())
                : Optional.empty();
        if (coupled.isPresent() && !coupled.get().equals(this.sampling)) {
            throw new AssertionError("coupled with " + coupled.get() + " instead of " + this.sampling);
        }
        int[] text = Arrays.copyOf(before, before.length + 1);
        text[before.length] = plan.rootToken();
        HeadCandidates candidates = candidates(text);
        return plan.shape()
            .map((shape) -> candidates.fill(plan.rootToken(), shape))
            .orElseGet(() -> candidates.dynamic(plan.rootToken(), plan.maxNodes(), plan.maxDepth(), plan.lookup(),
                    plan.growth()));
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
