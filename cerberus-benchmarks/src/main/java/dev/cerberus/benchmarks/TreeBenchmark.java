package dev.cerberus.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import dev.cerberus.accept.ExactMatch;
import dev.cerberus.accept.Verdict;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;
import dev.cerberus.tree.TreeAttentionMask;

/**
 * A draft from what four heads propose, its best nodes as a tree, the tree's mask, and
 * the path that the target agrees with.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
public class TreeBenchmark {

    private static final int HEADS = 4;

    /** Draft nodes. */
    @Param({ "4", "16", "64" })
    private int nodes;

    /** Tokens that a head proposes. */
    @Param("2048")
    private int vocabulary;

    private int[] tokens = {};

    private float[] probabilities = {};

    private HeadCandidates candidates = HeadCandidates.NONE;

    private DraftTree draft = new DraftTree(0, new int[0], new int[0], new double[0], 0, 0);

    private CandidateTree tree = CandidateTree.rootOnly(0);

    private int[] right = {};

    /** Makes heads that are fairly sure of some tokens. */
    @Setup
    public void propose() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        this.tokens = new int[this.vocabulary];
        this.probabilities = new float[HEADS * this.vocabulary];
        for (int head = 0; head < HEADS; head++) {
            double total = 0;
            for (int i = 0; i < this.vocabulary; i++) {
                this.tokens[i] = i;
                double weight = Math.exp(4 * random.nextGaussian());
                this.probabilities[head * this.vocabulary + i] = (float) weight;
                total += weight;
            }
            for (int i = 0; i < this.vocabulary; i++) {
                this.probabilities[head * this.vocabulary + i] /= (float) total;
            }
        }
        this.candidates = HeadCandidates.whole(this.tokens, this.probabilities, HEADS);
        this.draft = draft();
        this.tree = tree();
        this.right = this.tree.tokensTo(this.tree.nodeCount() - 1);
    }

    /** The best nodes of all that the heads propose. */
    @Benchmark
    public DraftTree draft() {
        return this.candidates.dynamic(1, this.nodes, HEADS);
    }

    /** A draft as a tree to verify. */
    @Benchmark
    public CandidateTree tree() {
        return this.draft.best(this.draft.nodeCount());
    }

    /** What is added to the scores of the tree's rows among themselves. */
    @Benchmark
    public float[] mask() {
        return TreeAttentionMask.additive(this.tree);
    }

    /** The longest path that the target agrees with. */
    @Benchmark
    public Verdict acceptance() {
        return ExactMatch.INSTANCE.accept(this.tree,
                (node) -> (this.tree.depth(node) < this.right.length) ? this.right[this.tree.depth(node)] : -1);
    }

}
