package dev.cerberus.gate;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import dev.cerberus.accept.ExactMatch;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;

/**
 * A synthetic text with draft heads and a machine with known costs, on which gates can be
 * compared without a model.
 *
 * <p>
 * Every position of the text has a certainty c. Four heads each put a share of their
 * probability on one token, 0.9 times as much per level, the rest on seven others. The
 * token that comes is drawn per head from the true shares; every gate sees the same text.
 */
final class GateSimulation {

    static final int HEADS = 4;

    static final int RANKS = 8;

    static final int MAX_NODES = 16;

    /** Costs in plain steps at 0, 1, 2, 4, 8, 16 nodes. */
    static final double[] FLAT = { 1, 1.02, 1.03, 1.05, 1.1, 1.2 };

    static final double[] MEDIUM = { 1, 1.1, 1.15, 1.3, 1.6, 2.2 };

    static final double[] STEEP = { 1, 1.5, 1.8, 2.4, 3.6, 6 };

    private static final int[] SIZES = { 0, 1, 2, 4, 8, 16 };

    private static final double PLAIN_SECONDS = 0.01;

    /**
     * How sure the heads are and how right they are.
     *
     * @param certainty draws the first head's true share of the most likely token
     * @param claim the share that the heads claim, by the true one
     */
    record Regime(ToDoubleFunction<RandomGenerator> certainty, DoubleUnaryOperator claim) {

        static final Regime GOOD = calibrated((random) -> 0.4 + 0.6 * random.nextDouble());

        static final Regime MIXED = calibrated((random) -> (random.nextDouble() < 0.4) ? 0.03 : 0.95);

        static final Regime FAIR = calibrated((random) -> 0.1 + 0.6 * random.nextDouble());

        static final Regime USELESS = calibrated((random) -> 0.08 * random.nextDouble());

        static final Regime OVERCONFIDENT = new Regime((random) -> 0.05 * random.nextDouble(),
                (share) -> 0.3 + 12 * share);

        static final Regime OPTIMISTIC = new Regime((random) -> 0.3 + 0.4 * random.nextDouble(),
                (share) -> Math.min(0.98, 1.5 * share));

        static final Regime MODEST = new Regime((random) -> 0.5 + 0.5 * random.nextDouble(), (share) -> 0.25 * share);

        static Regime calibrated(ToDoubleFunction<RandomGenerator> certainty) {
            return new Regime(certainty, (share) -> share);
        }

    }

    /** What became of a text. */
    record Run(int tokens, double cost, int steps, int draftSteps, int consultations) {

        /** Tokens per time of a plain step; 1 is plain decoding. */
        double rate() {
            return this.tokens / this.cost;
        }

    }

    private final double[] stepCosts; // [maxNodes + 1], true, in plain steps

    private final double headsCost;

    private final HeadCandidates[] candidates; // by position

    private final int[][] truth; // [positions][heads], rank of the token that comes

    private final RandomGenerator noise;

    private double noiseLevel = 0.05;

    private int at;

    GateSimulation(double[] costs, double headsCost, long seed, int tokens, Regime... regimes) {
        this.stepCosts = curve(costs, headsCost).snapshot();
        for (int n = 0; n < this.stepCosts.length; n++) {
            this.stepCosts[n] /= PLAIN_SECONDS;
        }
        this.headsCost = headsCost;
        RandomGenerator random = random(seed);
        this.noise = random(seed + 1);
        this.candidates = new HeadCandidates[tokens];
        this.truth = new int[tokens][];
        for (int i = 0; i < tokens; i++) {
            Regime regime = regimes[(int) ((long) i * regimes.length / tokens)];
            double share = regime.certainty().applyAsDouble(random);
            this.candidates[i] = candidates(regime.claim().applyAsDouble(share));
            this.truth[i] = new int[HEADS];
            for (int h = 0; h < HEADS; h++) {
                this.truth[i][h] = draw(shares(share * Math.pow(0.9, h)), random.nextDouble());
            }
        }
    }

    static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    static CostCurve curve(double[] costs, double headsCost) {
        return CostCurve.through(SIZES, Arrays.stream(costs).map((cost) -> cost * PLAIN_SECONDS).toArray(),
                headsCost * PLAIN_SECONDS);
    }

    private static HeadCandidates candidates(double claimed) {
        int[][] tokens = new int[HEADS][RANKS];
        double[][] probabilities = new double[HEADS][];
        for (int h = 0; h < HEADS; h++) {
            Arrays.setAll(tokens[h], (rank) -> rank);
            probabilities[h] = shares(claimed * Math.pow(0.9, h));
        }
        return new HeadCandidates(tokens, probabilities, -Math.log(probabilities[0][0]));
    }

    /** The rest falls off by 0.5 per rank, and none of it may exceed the first share. */
    private static double[] shares(double first) {
        double[] shares = new double[RANKS];
        shares[0] = first;
        double left = 1 - first;
        for (int rank = 1; rank < RANKS; rank++) {
            shares[rank] = Math.min(0.9 * shares[rank - 1], 0.5 * left);
            left -= shares[rank];
        }
        return shares;
    }

    private static int draw(double[] shares, double uniform) {
        double left = uniform;
        for (int rank = 0; rank < shares.length; rank++) {
            left -= shares[rank];
            if (left < 0) {
                return rank;
            }
        }
        return shares.length; // none of those proposed
    }

    /** Returns the costs that a gate starts from: the true ones. */
    CostCurve costs() {
        return new CostCurve(Arrays.stream(this.stepCosts).map((cost) -> cost * PLAIN_SECONDS).toArray(),
                this.headsCost * PLAIN_SECONDS);
    }

    GateSimulation noise(double level) {
        this.noiseLevel = level;
        return this;
    }

    /** Decodes the whole text from its beginning, as one request. */
    Run run(Gate gate) {
        this.at = 0;
        return advance(gate, this.candidates.length);
    }

    /** Decodes the whole text as many requests, each with a gate of its own. */
    Run run(Function<Integer, Gate> gates, int tokensPerRequest) {
        this.at = 0;
        Run total = new Run(0, 0, 0, 0, 0);
        for (int request = 0; this.at < this.candidates.length; request++) {
            Run run = advance(gates.apply(request), tokensPerRequest);
            total = new Run(total.tokens + run.tokens, total.cost + run.cost, total.steps + run.steps,
                    total.draftSteps + run.draftSteps, total.consultations + run.consultations);
        }
        return total;
    }

    /** Decodes on, by at least so many tokens or to the end of the text. */
    Run advance(Gate gate, int tokens) {
        int start = this.at;
        int end = Math.min(this.candidates.length, start + tokens);
        double cost = 0;
        int steps = 0;
        int draftSteps = 0;
        int consultations = 0;
        while (this.at < end) {
            StepOutcome outcome = step(gate);
            cost += this.stepCosts[outcome.nodes()] + (outcome.headsRan() ? this.headsCost : 0);
            steps++;
            draftSteps += (outcome.nodes() > 0) ? 1 : 0;
            consultations += outcome.headsRan() ? 1 : 0;
            this.at += 1 + outcome.acceptedDraftTokens();
        }
        return new Run(this.at - start, cost, steps, draftSteps, consultations);
    }

    private StepOutcome step(Gate gate) {
        HeadCandidates proposed = this.candidates[this.at];
        DraftTree draft = proposed.dynamic(0, MAX_NODES, HEADS);
        ToDoubleFunction<GateSignal> signals = (signal) -> switch (signal) {
            case HEAD_CONFIDENCE -> draft.headConfidence();
            case HEAD_ENTROPY -> draft.headEntropyNats();
            case TREE_EXPECTATION -> draft.expectation(draft.nodeCount());
            case HIDDEN_ENTROPY, VOCAB_ENTROPY, TOP1_MARGIN -> 0.5;
        };
        StepOutcome outcome;
        if (!gate.consultsHeads(signals)) {
            outcome = StepOutcome.plain(false, 0, seconds(1));
        }
        else {
            int nodes = gate.decide(draft.pathProbabilities(), false, signals).nodes();
            CandidateTree tree = draft.best(nodes);
            int[] ranks = this.truth[this.at];
            int[] path = ExactMatch.INSTANCE
                .accept(tree, (node) -> (tree.depth(node) < HEADS) ? ranks[tree.depth(node)] : 0)
                .path();
            int[] kept = Arrays.stream(path, 1, path.length).map(tree::token).toArray();
            outcome = new StepOutcome(Arrays.copyOf(draft.pathProbabilities(), nodes), draft.nodesAlong(kept), true,
                    seconds(this.headsCost), seconds(this.stepCosts[nodes]));
        }
        gate.observe(outcome);
        return outcome;
    }

    private double seconds(double cost) {
        return cost * PLAIN_SECONDS * Math.exp(this.noiseLevel * this.noise.nextGaussian());
    }

    /** The best rate that always drafting one number of nodes gives, and none at all. */
    double bestFixedSize() {
        double best = 1;
        for (int nodes : new int[] { 1, 2, 3, 4, 6, 8, 12, 16 }) {
            best = Math.max(best, run(new FixedGate(nodes, 0)).rate());
        }
        return best;
    }

    /**
     * The best rate that any threshold of head confidence with any number of nodes gives.
     */
    double bestThreshold() {
        double best = 1;
        for (int nodes : new int[] { 1, 2, 4, 8, 16 }) {
            for (double threshold = 0.1; threshold < 1; threshold += 0.1) {
                best = Math.max(best, run(new FixedGate(nodes, threshold)).rate());
            }
        }
        return best;
    }

    /** Drafts a fixed number of nodes where the first head is sure enough. */
    private record FixedGate(int nodes, double confidence) implements Gate {

        @Override
        public boolean consultsHeads(ToDoubleFunction<GateSignal> signals) {
            return true;
        }

        @Override
        public GateDecision decide(double[] pathProbabilities, boolean whole, ToDoubleFunction<GateSignal> signals) {
            boolean sure = signals.applyAsDouble(GateSignal.HEAD_CONFIDENCE) >= this.confidence;
            return new GateDecision(sure ? Math.min(this.nodes, pathProbabilities.length) : 0);
        }

        @Override
        public void observe(StepOutcome outcome) {
            // A fixed rule has nothing to learn.
        }

    }

}
