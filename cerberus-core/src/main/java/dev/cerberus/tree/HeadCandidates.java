package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What parallel heads propose at one step: for every head the tokens it can propose, or
 * the most probable of them, with their probabilities.
 *
 * <p>
 * Head {@code h} (0-based) proposes tokens for depth {@code h + 1}. The arrays are not
 * copied; treat them as read-only. Used by one thread.
 */
public final class HeadCandidates {

    /** The noise that will decide which token the target chooses. */
    @FunctionalInterface
    public interface Noise {

        /**
         * Returns the noise of a token.
         * @param head 0-based head that proposes it, which decides its position
         * @param token token id
         * @return a standard Gumbel value
         */
        double at(int head, int token);

    }

    /** What no heads propose: nothing, at any depth, so that lookup alone drafts. */
    public static final HeadCandidates NONE = new HeadCandidates(new int[0][], Optional.empty(), new double[0][],
            () -> {
                throw new IllegalStateException("without heads there is no entropy of a head");
            }, Optional.empty(), Optional.empty());

    private final int[][] tokens; // [heads][candidates]

    private final Optional<float[]> whole; // [heads · vocabulary], or else:

    private final double[][] probabilities; // [heads][candidates]

    private final DoubleSupplier headEntropyNats;

    private final Optional<Transitions> transitions;

    private final Optional<Noise> noise;

    private double[] scratch = new double[0];

    private HeadCandidates(int[][] tokens, Optional<float[]> whole, double[][] probabilities,
            DoubleSupplier headEntropyNats, Optional<Transitions> transitions, Optional<Noise> noise) {
        this.tokens = tokens;
        this.whole = whole;
        this.probabilities = probabilities;
        this.headEntropyNats = headEntropyNats;
        this.transitions = transitions;
        this.noise = noise;
    }

    /**
     * Creates candidates from the most probable tokens of every head.
     * @param tokens token ids, [heads][candidates]
     * @param probabilities their probabilities, [heads][candidates], in 0..1
     * @param headEntropyNats entropy of the first head's whole distribution, in nats
     */
    public HeadCandidates(int[][] tokens, double[][] probabilities, double headEntropyNats) {
        this(tokens, Optional.empty(), probabilities, () -> headEntropyNats, Optional.empty(), Optional.empty());
        if (tokens.length == 0 || tokens.length != probabilities.length) {
            throw new IllegalArgumentException("candidates need the same number of heads in tokens and "
                    + "probabilities, were " + tokens.length + " and " + probabilities.length);
        }
        for (int h = 0; h < tokens.length; h++) {
            if (tokens[h].length == 0 || tokens[h].length != probabilities[h].length) {
                throw new IllegalArgumentException("head " + h + " needs one probability per token, were "
                        + probabilities[h].length + " and " + tokens[h].length);
            }
        }
    }

    /**
     * Creates candidates from the whole distribution of every head.
     * @param vocabulary the tokens that every head can propose, [tokens]
     * @param probabilities their probabilities, [heads · tokens], in 0..1; what is not a
     * number, as of damaged heads, counts as 0
     * @param heads number of heads to take
     * @return the candidates
     */
    public static HeadCandidates whole(int[] vocabulary, float[] probabilities, int heads) {
        if (heads < 1 || probabilities.length < heads * vocabulary.length) {
            throw new IllegalArgumentException(heads + " heads with " + vocabulary.length
                    + " tokens need a probability for each, were " + probabilities.length);
        }
        int[][] tokens = new int[heads][];
        Arrays.fill(tokens, vocabulary);
        return new HeadCandidates(tokens, Optional.of(numbers(probabilities)), new double[0][],
                () -> entropyNats(probabilities, vocabulary.length), Optional.empty(), Optional.empty());
    }

    /**
     * Returns the numbers with 0 in the place of what is none, which would reach all that
     * gates learn.
     */
    private static float[] numbers(float[] values) {
        boolean all = true;
        for (float value : values) {
            all &= !Float.isNaN(value);
        }
        if (all) {
            return values;
        }
        float[] numbers = values.clone();
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.isNaN(numbers[i]) ? 0 : numbers[i];
        }
        return numbers;
    }

    private static double entropyNats(float[] probabilities, int count) {
        double entropy = 0;
        for (int i = 0; i < count; i++) {
            double p = probabilities[i];
            entropy -= (p == 0) ? 0 : p * Math.log(p);
        }
        return entropy;
    }

    /**
     * Returns these candidates with transitions.
     * @param following what a drafted token says about the next one
     * @return the candidates
     */
    public HeadCandidates with(Transitions following) {
        return new HeadCandidates(this.tokens, this.whole, this.probabilities, this.headEntropyNats,
                Optional.of(following), this.noise);
    }

    /**
     * Returns these candidates ranked by noise.
     * @param known the noise of the target's choices
     * @return the candidates
     */
    public HeadCandidates with(Noise known) {
        return new HeadCandidates(this.tokens, this.whole, this.probabilities, this.headEntropyNats, this.transitions,
                Optional.of(known));
    }

    /**
     * Returns the number of heads.
     * @return at least 1, or 0 for {@link #NONE}
     */
    public int heads() {
        return this.tokens.length;
    }

    /**
     * Returns the entropy of the first head.
     * @return nats, 0 or more
     */
    public double headEntropyNats() {
        return this.headEntropyNats.getAsDouble();
    }

    /**
     * Returns the candidates of a head below a token.
     * @param head 0-based head
     * @param parent id of the token before; not looked at for the first head, which knows
     * the root token
     * @return the candidates, best first; none if there is no such head
     */
    public Ranking below(int head, int parent) {
        return below(head, parent, 1);
    }

    /**
     * Returns the candidates of a head below a token.
     * @param head 0-based head
     * @param parent id of the token before; not looked at for the first head, which knows
     * the root token
     * @param atLeast how many candidates are to have a rank, if there are so many; others
     * are left out where they are too unlikely
     * @return the candidates, best first; none if there is no such head
     */
    /*
     * A head's probability times the transition's factor, divided by the sum of the same
     * over all tokens; those that are no candidates are taken to have the factor 1.
     */
    public Ranking below(int head, int parent, int atLeast) {
        if (head >= this.tokens.length) {
            return Ranking.NOTHING;
        }
        int[] proposed = this.tokens[head];
        double[] weights = scratch(proposed.length);
        double total = 1;
        if (head > 0 && this.transitions.isPresent()) {
            float[] factors = this.transitions.get().factors(parent, proposed);
            total += this.whole.isPresent() ? follow(this.whole.get(), head * proposed.length, factors, weights)
                    : follow(this.probabilities[head], factors, weights);
            // a low temperature may leave one token, which can not follow this one
            total = Math.max(total, Double.MIN_NORMAL);
        }
        else if (this.whole.isPresent()) {
            widen(this.whole.get(), head * proposed.length, weights);
        }
        else {
            weights = this.probabilities[head];
        }
        return this.noise.isPresent()
                ? Ranking.coupled(proposed, weights, (token) -> this.noise.get().at(head, token), atLeast)
                : Ranking.of(proposed, weights, total, atLeast);
    }

    /** Returns room for weights, the same at every call: rankings copy what they keep. */
    private double[] scratch(int size) {
        if (this.scratch.length != size) {
            this.scratch = new double[size];
        }
        return this.scratch;
    }

    /**
     * Multiplies probabilities by factors and returns how much that adds to their sum.
     */
    private static double follow(double[] probabilities, float[] factors, double[] weights) {
        double added = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = probabilities[i] * factors[i];
            added += weights[i] - probabilities[i];
        }
        return added;
    }

    private static double follow(float[] probabilities, int from, float[] factors, double[] weights) {
        double even = 0; // two sums, for one would have to wait for itself
        double odd = 0;
        int n = weights.length;
        for (int i = 0; i + 1 < n; i += 2) {
            double first = probabilities[from + i];
            double second = probabilities[from + i + 1];
            weights[i] = first * factors[i];
            weights[i + 1] = second * factors[i + 1];
            even += weights[i] - first;
            odd += weights[i + 1] - second;
        }
        if (n % 2 == 1) {
            double last = probabilities[from + n - 1];
            weights[n - 1] = last * factors[n - 1];
            even += weights[n - 1] - last;
        }
        return even + odd;
    }

    private static void widen(float[] probabilities, int from, double[] weights) {
        for (int i = 0; i < weights.length; i++) {
            weights[i] = probabilities[from + i];
        }
    }

    /**
     * Returns the draft tree of a static shape, or of the best nodes.
     * @param rootToken token of the root
     * @param limits how large it may become
     * @return the draft
     */
    public DraftTree draft(int rootToken, DraftLimits limits) {
        HeadCandidates within = limitedTo(limits.maxDepth());
        return limits.shape()
            .map((shape) -> within.fill(rootToken, shape))
            .orElseGet(() -> within.dynamic(rootToken, limits.maxNodes(), limits.maxDepth(), limits.lookup(),
                    limits.growth()));
    }

    /** A draft does not know of heads that it has no room for. */
    private HeadCandidates limitedTo(int depth) {
        return (depth >= heads()) ? this : new HeadCandidates(Arrays.copyOf(this.tokens, depth), this.whole,
                this.probabilities, this.headEntropyNats, this.transitions, this.noise);
    }

    /**
     * Returns the draft tree of the nodes with the largest path probabilities.
     * @param rootToken token of the root
     * @param maxNodes the most draft nodes
     * @param maxDepth the deepest level
     * @return the draft, nodes in order of descending path probability
     */
    public DraftTree dynamic(int rootToken, int maxNodes, int maxDepth) {
        return dynamic(rootToken, maxNodes, maxDepth, Optional.empty(), (pathProbability) -> true);
    }

    /**
     * Returns the draft tree of the nodes with the largest path probabilities, those that
     * a lookup guesses among them.
     * @param rootToken token of the root
     * @param maxNodes the most draft nodes
     * @param maxDepth the deepest level; guesses may reach below the last head
     * @param lookup a second opinion on what follows each node
     * @param growth whether the tree should have a further node, asked with its path
     * probability
     * @return the draft, nodes in order of descending path probability
     */
    public DraftTree dynamic(int rootToken, int maxNodes, int maxDepth, Optional<PathLookup> lookup,
            DoublePredicate growth) {
        return new DynamicTree(this, rootToken, maxNodes, maxDepth, lookup).grow(growth);
    }

    /**
     * Returns the draft tree of a static shape.
     * @param rootToken token of the root
     * @param shape the shape, no deeper than there are heads and no wider than there are
     * ranks
     * @return the draft, nodes in the shape's order
     */
    public DraftTree fill(int rootToken, TreeShape shape) {
        int n = shape.nodeCount();
        int[] nodeTokens = new int[n];
        int[] parents = new int[n];
        double[] products = new double[n];
        @Nullable Ranking[] rankings = new Ranking[n + 1]; // of the children, by parent
        Ranking first = below(0, rootToken, shape.width(1));
        rankings[0] = first;
        for (int i = 0; i < n; i++) {
            int head = shape.depth(i) - 1;
            int parent = shape.parentInTree(i);
            Ranking ranking = rankings[parent];
            if (ranking == null) {
                ranking = below(head, nodeTokens[parent - 1], shape.width(head + 1));
                rankings[parent] = ranking;
            }
            if (shape.rank(i) >= ranking.size()) {
                throw new IllegalArgumentException(
                        "the tree shape needs rank " + shape.rank(i) + " of head " + head + ", but "
                                + ((head >= this.tokens.length) ? "there are " + this.tokens.length + " heads"
                                        : "that head proposes " + ranking.size() + " tokens")
                                + "; use a smaller shape");
            }
            nodeTokens[i] = ranking.token(shape.rank(i));
            parents[i] = parent;
            products[i] = ((parent == 0) ? 1 : products[parent - 1]) * ranking.probability(shape.rank(i));
        }
        return new DraftTree(rootToken, nodeTokens, parents, products, Optional.empty(), first.probability(0), this);
    }

}
