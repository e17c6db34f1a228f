package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
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

    private final int[][] tokens; // [heads][candidates]

    private final double[][] probabilities; // [heads][candidates]

    private final DoubleSupplier headEntropyNats;

    private final Optional<Transitions> transitions;

    private final Optional<Noise> noise;

    private double[] scratch = new double[0];

    private HeadCandidates(int[][] tokens, double[][] probabilities, DoubleSupplier headEntropyNats,
            Optional<Transitions> transitions, Optional<Noise> noise) {
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
        this.tokens = tokens;
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
        this(tokens, probabilities, () -> headEntropyNats, Optional.empty(), Optional.empty());
    }

    /**
     * Creates candidates from the whole distribution of every head.
     * @param vocabulary the tokens that every head can propose, [tokens]
     * @param probabilities their probabilities, [heads · tokens], in 0..1
     * @param heads number of heads to take
     * @return the candidates
     */
    public static HeadCandidates whole(int[] vocabulary, float[] probabilities, int heads) {
        int[][] tokens = new int[heads][];
        Arrays.fill(tokens, vocabulary);
        double[][] byHead = new double[heads][vocabulary.length];
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < vocabulary.length; i++) {
                byHead[head][i] = probabilities[head * vocabulary.length + i];
            }
        }
        return new HeadCandidates(tokens, byHead, () -> entropyNats(byHead[0]), Optional.empty(), Optional.empty());
    }

    private static double entropyNats(double[] distribution) {
        double entropy = 0;
        for (double p : distribution) {
            entropy -= (p > 0) ? p * Math.log(p) : 0;
        }
        return entropy;
    }

    /**
     * Returns these candidates with transitions.
     * @param following what a drafted token says about the next one
     * @return the candidates
     */
    public HeadCandidates with(Transitions following) {
        return new HeadCandidates(this.tokens, this.probabilities, this.headEntropyNats, Optional.of(following),
                this.noise);
    }

    /**
     * Returns these candidates ranked by noise.
     * @param known the noise of the target's choices
     * @return the candidates
     */
    public HeadCandidates with(Noise known) {
        return new HeadCandidates(this.tokens, this.probabilities, this.headEntropyNats, this.transitions,
                Optional.of(known));
    }

    /**
     * Returns the number of heads.
     * @return at least 1
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
        double[] weights = this.probabilities[head];
        double total = 1;
        if (head > 0 && this.transitions.isPresent()) {
            double[] own = weights;
            weights = scratch(own.length);
            total += follow(own, this.transitions.get().factors(parent, proposed), weights);
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
        double even = 0; // two sums, for one would have to wait for itself
        double odd = 0;
        int n = weights.length;
        for (int i = 0; i + 1 < n; i += 2) {
            weights[i] = probabilities[i] * factors[i];
            weights[i + 1] = probabilities[i + 1] * factors[i + 1];
            even += weights[i] - probabilities[i];
            odd += weights[i + 1] - probabilities[i + 1];
        }
        if (n % 2 == 1) {
            weights[n - 1] = probabilities[n - 1] * factors[n - 1];
            even += weights[n - 1] - probabilities[n - 1];
        }
        return even + odd;
    }

    /**
     * Returns the draft tree of the nodes with the largest path probabilities.
     * @param rootToken token of the root
     * @param maxNodes the most draft nodes
     * @param maxDepth the deepest level
     * @return the draft, nodes in order of descending path probability
     */
    public DraftTree dynamic(int rootToken, int maxNodes, int maxDepth) {
        return dynamic(rootToken, maxNodes, maxDepth, Optional.empty());
    }

    /**
     * Returns the draft tree of the nodes with the largest path probabilities, those of a
     * continuation among them.
     * @param rootToken token of the root
     * @param maxNodes the most draft nodes
     * @param maxDepth the deepest level; a continuation may reach below the last head
     * @param continuation a path proposed by something else
     * @return the draft, nodes in order of descending path probability
     */
    /*
     * EAGLE-2's dynamic tree [1] for parallel heads. A node's path probability is at most
     * its parent's, and at most its elder sibling's, so a heap that holds for every taken
     * node its next sibling and its first child yields the global order. Cost: O(n log n)
     * for n nodes.
     *
     * [1] EAGLE-2, https://arxiv.org/abs/2406.16858
     */
    public DraftTree dynamic(int rootToken, int maxNodes, int maxDepth, Optional<Continuation> continuation) {
        int[] nodeTokens = new int[maxNodes];
        int[] parents = new int[maxNodes];
        double[] products = new double[maxNodes];
        int count = 0;
        Frontier frontier = new Frontier(rootToken, maxDepth, continuation);
        while (count < maxNodes && !frontier.heap.isEmpty()) {
            Proposal best = frontier.heap.remove();
            nodeTokens[count] = best.token();
            parents[count] = best.parent();
            products[count] = best.product();
            count++;
            frontier.addNextSibling(best);
            if (count < maxNodes) {
                frontier.addChildren(count, best);
            }
        }
        return new DraftTree(rootToken, Arrays.copyOf(nodeTokens, count), Arrays.copyOf(parents, count),
                Arrays.copyOf(products, count), frontier.first.probability(0), this);
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
        return new DraftTree(rootToken, nodeTokens, parents, products, first.probability(0), this);
    }

    /** Rank of a continuation's token, which is not one of the head's ranks. */
    private static final int CONTINUED = -1;

    /** No machine verifies nodes so cheaply that those below a rarer one are worth it. */
    private static final double LEAST_PARENT = 0.03;

    private static final Comparator<Proposal> ORDER = Comparator.comparingDouble(Proposal::product)
        .reversed()
        .thenComparingInt(Proposal::depth)
        .thenComparingInt(Proposal::parent)
        .thenComparingInt(Proposal::rank);

    /**
     * A node that may be taken next.
     *
     * @param ranking the candidates it is one of
     * @param base what the probabilities of the parent's children are multiplied by
     * @param excluded token that is not proposed by rank; empty if every one is
     */
    private record Proposal(int parent, int depth, Ranking ranking, int rank, int token, double base, double product,
            OptionalInt excluded) {
    }

    /** The nodes that may be taken next, given those taken already. */
    private final class Frontier {

        private final PriorityQueue<Proposal> heap = new PriorityQueue<>(ORDER);

        private final int maxDepth;

        private final Optional<Continuation> continuation;

        private final Ranking first;

        Frontier(int rootToken, int maxDepth, Optional<Continuation> continuation) {
            this.maxDepth = maxDepth;
            this.continuation = continuation;
            this.first = below(0, rootToken);
            if (maxDepth > 0) {
                addChildren(0, this.first, 0, 1, continuation.isPresent());
            }
        }

        void addChildren(int parent, Proposal taken) {
            boolean continued = taken.rank() == CONTINUED;
            if (taken.depth() < this.maxDepth && (continued || taken.product() >= LEAST_PARENT)) {
                addChildren(parent, below(taken.depth(), taken.token()), taken.depth(), taken.product(), continued);
            }
        }

        private void addChildren(int parent, Ranking ranking, int parentDepth, double product, boolean continued) {
            if (continued && parentDepth < this.continuation.map(Continuation::length).orElse(0)) {
                addBoth(parent, parentDepth, ranking, product, this.continuation.get());
            }
            else {
                addRank(parent, parentDepth + 1, ranking, 0, product, OptionalInt.empty());
            }
        }

        /*
         * Two opinions about one token: the head gives p to its best other token and q to
         * the continued one, the continuation gives it a. Taken as independent evidence,
         * of which both can not be right, the continued token has the weight a'(1 - p)
         * with a' = 1 - (1-a)(1-q), and every other token its probability times 1 - a'.
         */
        private void addBoth(int parent, int head, Ranking ranking, double product, Continuation continued) {
            int token = continued.tokens()[head];
            double own = ranking.probabilityOf(token);
            double other = bestOther(ranking, token);
            double agreed = 1 - (1 - continued.acceptances()[head]) * (1 - own);
            double total = 1 - agreed * other;
            double share = (total > 0) ? agreed * (1 - other) / total : 0;
            double rest = (total > 0) ? (1 - agreed) / total : 1;
            this.heap.add(new Proposal(parent, head + 1, ranking, CONTINUED, token, product, product * share,
                    OptionalInt.empty()));
            addRank(parent, head + 1, ranking, 0, product * rest, OptionalInt.of(token));
        }

        private static double bestOther(Ranking ranking, int token) {
            int rank = (ranking.size() > 0 && ranking.token(0) == token) ? 1 : 0;
            return (rank < ranking.size()) ? ranking.probability(rank) : 0;
        }

        void addNextSibling(Proposal taken) {
            if (taken.rank() != CONTINUED) {
                addRank(taken.parent(), taken.depth(), taken.ranking(), taken.rank() + 1, taken.base(),
                        taken.excluded());
            }
        }

        private void addRank(int parent, int depth, Ranking ranking, int first, double base, OptionalInt excluded) {
            int rank = first;
            if (rank < ranking.size() && excluded.isPresent() && ranking.token(rank) == excluded.getAsInt()) {
                rank++;
            }
            if (rank < ranking.size()) {
                this.heap.add(new Proposal(parent, depth, ranking, rank, ranking.token(rank), base,
                        base * ranking.probability(rank), excluded));
            }
        }

    }

}
