package dev.cerberus.tree;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.DoublePredicate;
import java.util.function.Supplier;

/**
 * A draft tree that grows node by node, the most probable path first: the nodes taken
 * already, and those that may be taken next. Used once, by one thread.
 */
/*
 * EAGLE-2's dynamic tree [1] for parallel heads. A node's path probability is at most its
 * parent's, and at most its elder sibling's, so a heap that holds for every taken node
 * its next sibling and its first child yields the global order. Cost: O(n log n) for n
 * nodes.
 *
 * [1] EAGLE-2, https://arxiv.org/abs/2406.16858
 */
final class DynamicTree {

    /** Rank of the best guessed token; those of the heads' begin at 0. */
    private static final int GUESSED = -1;

    /** No machine verifies nodes so cheaply that those below a rarer one are worth it. */
    private static final double LEAST_PARENT = 0.03;

    /** Candidates in a row that are left out before others are given up. */
    private static final int MOST_RULED_OUT = 64;

    /** Heads that leave others less than this are taken to leave nothing. */
    private static final double LEAST_CLAIM = 1e-6;

    private static final Comparator<Proposal> ORDER = Comparator.comparingDouble(Proposal::product)
        .reversed()
        .thenComparingInt(Proposal::depth)
        .thenComparingInt(Proposal::parent)
        .thenComparingInt(Proposal::rank);

    private final PriorityQueue<Proposal> heap = new PriorityQueue<>(ORDER);

    private final HeadCandidates candidates;

    private final int rootToken;

    private final int maxDepth;

    private final Optional<PathLookup> lookup;

    private final Ranking first;

    private final int[] tokens; // [maxNodes]

    private final int[] parents; // [maxNodes], 0 for the root, i + 1 for node i

    private final double[] products; // [maxNodes]

    private final DraftSource[] sources; // [maxNodes]

    private int count;

    /**
     * Creates a tree of the root alone.
     * @param candidates what the heads propose
     * @param rootToken token of the root
     * @param maxNodes the most draft nodes
     * @param maxDepth the deepest level; guesses may reach below the last head
     * @param lookup a second opinion on what follows each node
     */
    DynamicTree(HeadCandidates candidates, int rootToken, int maxNodes, int maxDepth, Optional<PathLookup> lookup) {
        this.candidates = candidates;
        this.rootToken = rootToken;
        this.tokens = new int[maxNodes];
        this.parents = new int[maxNodes];
        this.products = new double[maxNodes];
        this.sources = new DraftSource[maxNodes];
        this.maxDepth = maxDepth;
        this.lookup = lookup;
        this.first = candidates.below(0, rootToken);
        if (maxDepth > 0) {
            addChildren(0, 1, 1, () -> this.first);
        }
    }

    /**
     * Takes nodes for as long as there is room for them and they are wanted.
     * @param wanted whether the tree should have a further node, asked with its path
     * probability
     * @return the draft, nodes in order of descending path probability
     */
    DraftTree grow(DoublePredicate wanted) {
        while (this.count < this.tokens.length && !this.heap.isEmpty() && wanted.test(this.heap.element().product())) {
            take(this.heap.remove());
        }
        return new DraftTree(this.rootToken, Arrays.copyOf(this.tokens, this.count),
                Arrays.copyOf(this.parents, this.count), Arrays.copyOf(this.products, this.count),
                Optional.of(this.sources), (this.first.size() > 0) ? this.first.probability(0) : 0, this.candidates);
    }

    private void take(Proposal best) {
        this.tokens[this.count] = best.token();
        this.parents[this.count] = best.parent();
        this.products[this.count] = best.product();
        this.sources[this.count] = best.source();
        this.count++;
        if (best.rank() >= 0) {
            addRank(best, best.rank() + 1);
        }
        if (this.count < this.tokens.length && best.depth() < this.maxDepth && best.product() >= LEAST_PARENT) {
            addChildren(this.count, best.depth() + 1, best.product(),
                    () -> this.candidates.below(best.depth(), best.token()));
        }
    }

    private void addChildren(int parent, int depth, double product, Supplier<Ranking> heads) {
        int[] path = path(parent, depth - 1);
        Optional<PathLookup.Guess> only = this.lookup.flatMap((source) -> source.only(path));
        if (only.isPresent()) { // whatever the heads think
            this.heap.add(new Proposal(parent, depth, Ranking.NOTHING, GUESSED, only.get().token(), only.get().source(),
                    product, product * only.get().probability(), List.of(only.get())));
            return;
        }
        Ranking ranking = heads.get();
        List<PathLookup.Guess> guesses = this.lookup.map((source) -> source.after(path, ranking)).orElse(List.of());
        double left = 1;
        double claimed = 1;
        for (int i = 0; i < guesses.size(); i++) {
            PathLookup.Guess guess = guesses.get(i);
            this.heap.add(new Proposal(parent, depth, ranking, GUESSED - i, guess.token(), guess.source(), product,
                    product * guess.probability(), guesses));
            left -= guess.probability();
            claimed -= ranking.probabilityOf(guess.token());
        }
        double base = (claimed > LEAST_CLAIM) ? product * left / claimed : 0;
        addRank(new Proposal(parent, depth, ranking, 0, 0, DraftSource.HEADS, base, 0, guesses), 0);
    }

    private int[] path(int node, int length) {
        int[] path = new int[length];
        int at = node;
        for (int i = length - 1; i >= 0; i--) {
            path[i] = this.tokens[at - 1];
            at = this.parents[at - 1];
        }
        return path;
    }

    private void addRank(Proposal sibling, int first) {
        Ranking ranking = sibling.ranking();
        int rank = first;
        int end = Math.min(ranking.size(), first + MOST_RULED_OUT);
        while (rank < end
                && (isGuessed(ranking.token(rank), sibling.guesses()) || isRuledOut(sibling, ranking.token(rank)))) {
            rank++;
        }
        if (rank < end) {
            this.heap.add(new Proposal(sibling.parent(), sibling.depth(), ranking, rank, ranking.token(rank),
                    DraftSource.HEADS, sibling.base(), sibling.base() * ranking.probability(rank), sibling.guesses()));
        }
    }

    private boolean isRuledOut(Proposal sibling, int token) {
        return this.lookup.isPresent()
                && !this.lookup.get().mayFollow(path(sibling.parent(), sibling.depth() - 1), token);
    }

    private static boolean isGuessed(int token, List<PathLookup.Guess> guesses) {
        for (PathLookup.Guess guess : guesses) {
            if (guess.token() == token) {
                return true;
            }
        }
        return false;
    }

    /**
     * A node that may be taken next.
     *
     * @param ranking the candidates it is one of
     * @param base what the probabilities of the parent's children are multiplied by
     * @param guesses tokens that are not proposed by rank
     */
    private record Proposal(int parent, int depth, Ranking ranking, int rank, int token, DraftSource source,
            double base, double product, List<PathLookup.Guess> guesses) {
    }

}
