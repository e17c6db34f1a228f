package dev.cerberus.gate;

import java.util.List;

/**
 * What drafting has yielded over many requests: the starting point of the next one.
 *
 * <p>
 * Requests whose drafts are of another kind, such as sampled beside greedy ones, are
 * better kept in experiences of their own. Confined to the engine thread.
 */
public final class Experience {

    private static final double DECAY = 0.999;

    private static final double PRIOR = 50;

    private static final double WORTH_RATE = 0.02;

    private final Calibration calibration;

    private double tokens = PRIOR;

    private double plainSteps = PRIOR;

    /** Optimistic, so that drafting is tried at all. */
    private double worth = 0.2;

    private double probingBudget = Double.POSITIVE_INFINITY;

    /**
     * Creates an experience that believes the heads at first.
     */
    public Experience() {
        this(List.of());
    }

    /**
     * Creates an experience that starts from what was measured before.
     * @param measured how often the heads were right, by the probability they gave
     */
    public Experience(List<Reliability> measured) {
        this.calibration = new Calibration(measured);
    }

    void observe(double cost, StepOutcome outcome) {
        this.tokens = this.tokens * DECAY + 1 + outcome.acceptedDraftTokens();
        this.plainSteps = this.plainSteps * DECAY + cost;
        this.calibration.observe(outcome.pathProbabilities(), outcome.acceptedNodes());
    }

    Calibration calibration() {
        return this.calibration;
    }

    /** Follows what consulting the heads was worth, in tokens beyond a plain step. */
    void observeWorth(double value) {
        this.worth += (value - this.worth) * WORTH_RATE;
    }

    double worth() {
        return this.worth;
    }

    /** Returns the time that probing may take, in plain steps. */
    double probingBudget() {
        return this.probingBudget;
    }

    void probingBudget(double value) {
        this.probingBudget = value;
    }

    /**
     * Returns the running rate over all requests.
     * @return tokens per time of a plain step
     */
    public double tokensPerPlainStep() {
        return this.tokens / this.plainSteps;
    }

    /**
     * Returns how many tokens were accepted per token that the heads expected.
     * @return about 1 for well calibrated heads
     */
    public double reliability() {
        return this.calibration.ratio();
    }

}
