package dev.cerberus.tree;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Scores for one drafted token to follow another.
 *
 * <p>
 * Parallel heads guess every depth on its own; transitions make what is proposed below a
 * node depend on the node's token. Immutable, but for results that are kept, and
 * thread-safe.
 */
/*
 * The transition scores of a linear-chain CRF over the outputs of a parallel decoder [1]:
 * where u is what a head gives to a token, the token has the score u + A[p]·B after
 * parent p. A and B are of low rank. For small vocabularies a parent's whole row of
 * factors, e to the score, is kept once it was needed; for large ones the rows would take
 * gigabytes, and one product per candidate is nothing beside such a model's step.
 *
 * [1] Sun et al., Fast Structured Decoding for Sequence Models, 2019,
 * https://arxiv.org/abs/1910.11555
 */
public final class Transitions {

    private static final int LARGEST_KEPT = 2048;

    /**
     * Scores beyond it are all the same: e to it is far from the largest float, also when
     * thousands are added up, and a low temperature takes scores anywhere.
     */
    private static final double LARGEST_SCORE = 60;

    private final int[] vocabulary; // ascending token ids, [tokens]

    private final float[] from; // [tokens + 1, rank]

    private final float[] to; // [tokens, rank]

    private final int rank;

    private final int[] rows; // by token id

    private final double sharpness;

    private final AtomicReferenceArray<float[]> kept; // [tokens + 1], or none

    /**
     * Creates transitions. The arrays are not copied; treat them as read-only.
     * @param vocabulary the tokens that can be drafted, ascending ids
     * @param from how each token is followed, and in a last row how any other one is,
     * [tokens + 1, rank]
     * @param to how each token follows, [tokens, rank]
     * @throws IllegalArgumentException if the sizes do not fit
     */
    public Transitions(int[] vocabulary, float[] from, float[] to) {
        this(vocabulary, from, to, 1);
    }

    private Transitions(int[] vocabulary, float[] from, float[] to, double sharpness) {
        int tokens = vocabulary.length;
        if (tokens == 0 || to.length == 0 || to.length % tokens != 0
                || from.length != (tokens + 1) * (to.length / tokens)) {
            throw new IllegalArgumentException("transitions of " + tokens + " tokens need factors of [" + (tokens + 1)
                    + ", rank] and [" + tokens + ", rank] numbers, were " + from.length + " and " + to.length);
        }
        this.vocabulary = vocabulary;
        this.from = from;
        this.to = to;
        this.rank = to.length / tokens;
        this.rows = new int[vocabulary[tokens - 1] + 1];
        Arrays.fill(this.rows, tokens);
        for (int row = 0; row < tokens; row++) {
            this.rows[vocabulary[row]] = row;
        }
        this.sharpness = sharpness;
        this.kept = new AtomicReferenceArray<>((tokens <= LARGEST_KEPT) ? tokens + 1 : 0);
    }

    /**
     * Returns these transitions with all scores multiplied, as a temperature multiplies
     * the heads' scores.
     * @param factor what scores are to be multiplied by, positive; 1 for what was trained
     * @return the transitions, these if they are so
     */
    public Transitions withSharpness(double factor) {
        return (factor == this.sharpness) ? this : new Transitions(this.vocabulary, this.from, this.to, factor);
    }

    /**
     * Returns how much likelier tokens are after another than without knowing that.
     * @param parent id of the token before, any of the target's
     * @param tokens ids of tokens that can be drafted
     * @return e to the score of each, [tokens], 1 for a score that is no number, as of
     * damaged heads; to be read only
     */
    float[] factors(int parent, int[] tokens) {
        int row = row(parent);
        if (tokens != this.vocabulary || this.kept.length() == 0) {
            return computed(row, tokens);
        }
        float[] known = this.kept.get(row);
        if (known == null) {
            known = computed(row, tokens);
            this.kept.set(row, known);
        }
        return known;
    }

    private float[] computed(int row, int[] tokens) {
        float[] factors = new float[tokens.length];
        for (int i = 0; i < factors.length; i++) {
            double score = this.sharpness * product(row, row(tokens[i]));
            factors[i] = Double.isNaN(score) ? 1 : (float) Math.exp(Math.min(LARGEST_SCORE, score));
        }
        return factors;
    }

    private int row(int token) {
        return (token < this.rows.length) ? this.rows[token] : this.vocabulary.length;
    }

    private double product(int row, int column) {
        int a = row * this.rank;
        int b = column * this.rank;
        double sum = 0;
        for (int i = 0; i < this.rank; i++) {
            sum += this.from[a + i] * this.to[b + i];
        }
        return sum;
    }

}
