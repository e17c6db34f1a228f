package dev.cerberus.tree;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Candidates for the children of one node, best first.
 *
 * <p>
 * Sorted only as far as it is asked for, since a tree needs the first few of them. Not
 * thread-safe.
 */
public final class Ranking {

    /** No candidates. */
    public static final Ranking NOTHING = new Ranking(new int[0], new double[0], 1);

    /**
     * Scale of the errors that heads make: chosen so that expected and actual accepts
     * agree.
     */
    private static final double ERROR_SCALE = 1.6;

    private static final double LEAST_PROBABILITY = 1e-4;

    private static final int MOST_COUPLED = 64;

    /** Noise seldom lifts a candidate over one that is this much likelier. */
    private static final double LEAST_COUPLED_SHARE = 1e-3;

    private final int[] tokens;

    private final double[] weights; // negative once it has a rank

    private final double total;

    private int[] order; // [ranked], index of the candidate

    private double[] ranked; // [ranked], its weight

    private int rankedCount;

    private Ranking(int[] tokens, double[] weights, double total) {
        this.tokens = tokens;
        this.weights = weights;
        this.total = total;
        this.order = new int[Math.min(8, tokens.length)];
        this.ranked = new double[this.order.length];
    }

    /**
     * Ranks candidates by weight.
     * @param tokens token ids, [candidates]; to be left as they are
     * @param weights what each counts, 0 or more, [candidates]
     * @param total sum of the weights of all tokens, candidates or not
     * @param atLeast how many candidates are to have a rank, if there are so many; others
     * are left out if they are too unlikely to be worth a node
     * @return the ranking
     */
    static Ranking of(int[] tokens, double[] weights, double total, int atLeast) {
        double least = total * LEAST_PROBABILITY;
        int count = 0;
        for (double weight : weights) {
            count += (weight >= least) ? 1 : 0;
        }
        if (count < Math.min(atLeast, tokens.length)) {
            return new Ranking(tokens, weights.clone(), total);
        }
        int[] likelyTokens = new int[count];
        double[] likelyWeights = new double[count];
        int kept = 0;
        for (int i = 0; kept < count; i++) {
            if (weights[i] >= least) {
                likelyTokens[kept] = tokens[i];
                likelyWeights[kept++] = weights[i];
            }
        }
        return new Ranking(likelyTokens, likelyWeights, total);
    }

    /**
     * Ranks candidates by the noise that will decide the target's choice.
     * @param tokens token ids, [candidates]
     * @param weights what each counts, 0 or more, [candidates]
     * @param noise the noise of a token at the position that the candidates are for
     * @param atLeast how many candidates are to have a rank, if there are so many; others
     * are left out if noise can hardly lift them
     * @return the best candidates, each with the probability that it is what the target
     * chooses
     */
    /*
     * Coupled drafting. The target will choose argmax_v(log p(v) + G(v)), and G is known
     * already; with q for the head's probabilities, score(v) = log q(v) + G(v) is the
     * best guess at what it compares. How sure that guess is depends on how far log q
     * lies from log p. For errors that are Gumbel distributed themselves the answer is a
     * softmax of the scores divided by the errors' scale. The ranking within a head does
     * not depend on that scale; how nodes of different depths compare, and whether
     * drafting seems worth it, does.
     */
    public static Ranking coupled(int[] tokens, double[] weights, IntToDoubleFunction noise, int atLeast) {
        int most = Math.min(tokens.length, Math.max(MOST_COUPLED, atLeast));
        double least = least(weights, Math.min(atLeast, most), most);
        int[] kept = new int[most];
        double[] scores = new double[most];
        int count = 0;
        double best = Double.NEGATIVE_INFINITY;
        // among equals there may be more than wanted, before better ones
        int equals = most - above(weights, least);
        for (int i = 0; i < tokens.length; i++) {
            if (weights[i] > least || (weights[i] == least && equals-- > 0)) {
                kept[count] = tokens[i];
                scores[count] = Math.log(Math.max(weights[i], Float.MIN_NORMAL)) + noise.applyAsDouble(tokens[i]);
                best = Math.max(best, scores[count]);
                count++;
            }
        }
        double total = 0;
        for (int i = 0; i < count; i++) {
            scores[i] = Math.exp((scores[i] - best) / ERROR_SCALE);
            total += scores[i];
        }
        return new Ranking(Arrays.copyOf(kept, count), Arrays.copyOf(scores, count), total);
    }

    /**
     * Returns the weight that between {@code atLeast} and {@code most} candidates have,
     * or more where some weigh the same.
     */
    private static double least(double[] weights, int atLeast, int most) {
        double largest = 0;
        for (double weight : weights) {
            largest = Math.max(largest, weight);
        }
        double least = largest * LEAST_COUPLED_SHARE;
        int count = 0;
        for (double weight : weights) {
            count += (weight >= least) ? 1 : 0;
        }
        if (count >= atLeast && count <= most) {
            return least;
        }
        double[] sorted = weights.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length - ((count < atLeast) ? atLeast : most)];
    }

    private static int above(double[] weights, double bound) {
        int count = 0;
        for (double weight : weights) {
            count += (weight > bound) ? 1 : 0;
        }
        return count;
    }

    /**
     * Returns the number of candidates.
     * @return 0 or more
     */
    public int size() {
        return this.tokens.length;
    }

    /**
     * Returns a candidate.
     * @param rank 0-based rank, below {@link #size()}; of equally likely candidates the
     * one listed first is better
     * @return the token id
     */
    public int token(int rank) {
        sortTo(rank);
        return this.tokens[this.order[rank]];
    }

    /**
     * Returns the probability of a candidate.
     * @param rank 0-based rank, below {@link #size()}
     * @return in 0..1
     */
    public double probability(int rank) {
        sortTo(rank);
        return Math.min(1, this.ranked[rank] / this.total);
    }

    /**
     * Returns the rank of a token.
     * @param token the token id
     * @return 0-based rank; {@link #size()} if it is none of the candidates
     */
    public int rankOf(int token) {
        int index = 0;
        while (index < this.tokens.length && this.tokens[index] != token) {
            index++;
        }
        if (index == this.tokens.length) {
            return index;
        }
        for (int rank = 0; rank < this.rankedCount; rank++) {
            if (this.order[rank] == index) {
                return rank;
            }
        }
        int rank = this.rankedCount;
        for (int i = 0; i < this.tokens.length; i++) {
            double weight = this.weights[i];
            if (weight > this.weights[index] || (weight == this.weights[index] && i < index)) {
                rank++;
            }
        }
        return rank;
    }

    /**
     * Returns the probability of a token.
     * @param token the token id
     * @return in 0..1; 0 if it is none of the candidates
     */
    public double probabilityOf(int token) {
        for (int i = 0; i < this.tokens.length; i++) {
            if (this.tokens[i] == token) {
                double weight = (this.weights[i] >= 0) ? this.weights[i] : this.ranked[rankOf(token)];
                return Math.min(1, weight / this.total);
            }
        }
        return 0;
    }

    private void sortTo(int rank) {
        while (this.rankedCount <= rank) {
            int best = 0;
            double largest = -1;
            for (int i = 0; i < this.weights.length; i++) {
                if (this.weights[i] > largest) {
                    largest = this.weights[i];
                    best = i;
                }
            }
            if (this.rankedCount == this.order.length) {
                int room = Math.min(2 * this.order.length, this.tokens.length);
                this.order = Arrays.copyOf(this.order, room);
                this.ranked = Arrays.copyOf(this.ranked, room);
            }
            this.order[this.rankedCount] = best;
            this.ranked[this.rankedCount] = largest;
            this.weights[best] = -1;
            this.rankedCount++;
        }
    }

}
