package dev.cerberus.gate;

import java.util.function.DoublePredicate;

/**
 * Chooses how many draft nodes a step verifies: those whose expected tokens are worth
 * their time.
 *
 * <p>
 * One per request. Confined to the engine thread.
 */
/*
 * With E(n) the expected accepted tokens of the n best nodes, T(n) the cost of verifying
 * them in plain steps and λ the tokens gained per plain-step time in the long run, the
 * best plan maximises 1 + E(n) - λ·T(n): time is worth what it would otherwise yield
 * (Dinkelbach's rule for a ratio). λ is the running ratio of tokens to cost.
 *
 * E(n) sums the heads' path probabilities, corrected twice: by how often nodes of that
 * probability were accepted over all requests (Calibration, slow), and by how this
 * request compares with that (reliability, a memory of some 50 drafting steps). While a
 * request does not draft, its evidence loses weight but keeps its ratio: nothing is
 * believed anew without a reason, and the next draft counts for more.
 */
public final class TreeSizer {

    private static final double DECAY = 0.98;

    private static final double PRIOR_STEPS = 20;

    private static final double RELIABILITY_DECAY = 0.98;

    private static final double PRIOR_EXPECTED = 4;

    private static final double FADING = 0.99;

    private static final double LEAST_EXPECTED = 4;

    private final StepCosts costs;

    private final Experience experience;

    private double tokens;

    private double plainSteps = PRIOR_STEPS;

    private double accepted = PRIOR_EXPECTED;

    private double expected = PRIOR_EXPECTED;

    /**
     * Creates a sizer for one request.
     * @param costs what steps cost on this machine
     * @param experience what earlier requests yielded; learns from this one too
     */
    public TreeSizer(StepCosts costs, Experience experience) {
        this.costs = costs;
        this.experience = experience;
        this.tokens = PRIOR_STEPS * experience.tokensPerPlainStep();
    }

    /**
     * Returns the number of nodes to verify.
     * @param pathProbabilities path probabilities of the proposed nodes, best first
     * @param atLeast the fewest nodes, 0 or 1
     * @return {@code atLeast} to the number proposed
     */
    public int size(double[] pathProbabilities, int atLeast) {
        return best(expectations(pathProbabilities), atLeast);
    }

    /**
     * Returns how many tokens the first nodes are expected to gain.
     * @param pathProbabilities path probabilities of the proposed nodes, as the heads say
     * @return accepted tokens expected of the first 0, 1, 2, … nodes, [nodes + 1]
     */
    double[] expectations(double[] pathProbabilities) {
        double reliability = reliability();
        double[] sums = new double[pathProbabilities.length + 1];
        for (int i = 0; i < pathProbabilities.length; i++) {
            double acceptance = this.experience.calibration().acceptance(pathProbabilities[i]);
            sums[i + 1] = sums[i] + Math.min(1, acceptance * reliability);
        }
        return sums;
    }

    /**
     * Returns how many tokens the first nodes would gain if the heads deserved all the
     * trust they ever had or claim.
     * @param pathProbabilities path probabilities of the proposed nodes, as the heads say
     * @return accepted tokens hoped for of the first 0, 1, 2, … nodes, [nodes + 1]
     */
    double[] hopes(double[] pathProbabilities) {
        double reliability = Math.max(1, reliability());
        double[] sums = new double[pathProbabilities.length + 1];
        for (int i = 0; i < pathProbabilities.length; i++) {
            double acceptance = this.experience.calibration().acceptance(pathProbabilities[i]);
            sums[i + 1] = sums[i] + Math.min(1, Math.max(pathProbabilities[i], acceptance * reliability));
        }
        return sums;
    }

    /**
     * Returns the number of nodes that pays best.
     * @param expectations accepted tokens expected of the first 0, 1, 2, … nodes
     * @param atLeast the fewest nodes
     * @return the smallest of the best numbers
     */
    int best(double[] expectations, int atLeast) {
        int limit = Math.min(expectations.length - 1, this.costs.maxNodes());
        int best = Math.min(atLeast, limit);
        for (int n = best + 1; n <= limit; n++) {
            if (gain(expectations, n) > gain(expectations, best)) {
                best = n;
            }
        }
        return best;
    }

    /**
     * Returns whether further nodes are worth proposing, asked for one node after another
     * with its path probability, never larger than that of the node before.
     * @param atLeast how many nodes are wanted in any case
     * @return a predicate for one draft
     */
    /*
     * With n nodes proposed and the next one accepted with probability a, no m nodes are
     * expected to gain more than E(n) + (m - n)·a. Where none of these bounds beats the
     * best number so far, the rest of the draft is not worth making.
     */
    DoublePredicate growth(int atLeast) {
        double rate = tokensPerPlainStep();
        double reliability = reliability();
        return new DoublePredicate() {

            private int nodes;

            private double expected;

            private double best;

            @Override
            public boolean test(double pathProbability) {
                double acceptance = Math.min(1,
                        TreeSizer.this.experience.calibration().acceptance(pathProbability) * reliability);
                if (this.nodes >= atLeast && !pays(acceptance)) {
                    return false;
                }
                this.nodes++;
                this.expected += acceptance;
                double gain = gain(this.nodes, this.expected);
                this.best = (this.nodes <= atLeast) ? gain : Math.max(this.best, gain);
                return true;
            }

            private boolean pays(double acceptance) {
                for (int m = this.nodes + 1; m <= TreeSizer.this.costs.maxNodes(); m++) {
                    if (gain(m, this.expected + (m - this.nodes) * acceptance) > this.best) {
                        return true;
                    }
                }
                return false;
            }

            private double gain(int nodes, double accepted) {
                return accepted - rate * (TreeSizer.this.costs.plainSteps(nodes) - 1);
            }

        };
    }

    /**
     * Returns what verifying nodes is worth beyond a plain step.
     * @param expectations accepted tokens expected of the first 0, 1, 2, … nodes
     * @param nodes draft nodes
     * @return tokens; 0 for no nodes
     */
    double gain(double[] expectations, int nodes) {
        return expectations[nodes] - tokensPerPlainStep() * (this.costs.plainSteps(nodes) - 1);
    }

    /**
     * Returns the running rate.
     * @return tokens per time of a plain step, at least 1
     */
    public double tokensPerPlainStep() {
        return Math.max(1, this.tokens / this.plainSteps);
    }

    /**
     * Returns how many tokens this request accepted per token that experience expected.
     * @return about 1 for a request like those before it
     */
    public double reliability() {
        return this.accepted / this.expected;
    }

    /**
     * Returns the costs in use.
     * @return the costs
     */
    public StepCosts costs() {
        return this.costs;
    }

    /**
     * Returns what earlier requests yielded.
     * @return the experience
     */
    Experience experience() {
        return this.experience;
    }

    /**
     * Returns what a step cost.
     * @param outcome the step
     * @return plain steps
     */
    double cost(StepOutcome outcome) {
        return this.costs.plainSteps(outcome.nodes()) + (outcome.headsRan() ? this.costs.headsPlainSteps() : 0);
    }

    /** Compares what was expected of nodes with what was or would have been kept. */
    private void compare(double[] probabilities, int kept) {
        this.accepted = this.accepted * RELIABILITY_DECAY + kept;
        this.expected *= RELIABILITY_DECAY;
        for (double probability : probabilities) {
            this.expected += this.experience.calibration().acceptance(probability);
        }
    }

    /**
     * Follows what was proposed below the root and not verified.
     * @param probabilities probabilities of the root's children, [children], in 0..1
     * @param right those of them that came
     */
    void learn(double[] probabilities, int[] right) {
        compare(probabilities, right.length);
        this.experience.calibration().observe(probabilities, right);
    }

    /**
     * Follows an observed step.
     * @param outcome the step
     */
    public void observe(StepOutcome outcome) {
        if (outcome.nodes() > 0) {
            compare(outcome.pathProbabilities(), outcome.acceptedDraftTokens());
        }
        else if (this.expected > LEAST_EXPECTED) {
            this.accepted *= FADING;
            this.expected *= FADING;
        }
        this.costs.observe(outcome);
        double cost = cost(outcome);
        this.tokens = this.tokens * DECAY + 1 + outcome.acceptedDraftTokens();
        this.plainSteps = this.plainSteps * DECAY + cost;
        this.experience.observe(cost, outcome);
    }

}
