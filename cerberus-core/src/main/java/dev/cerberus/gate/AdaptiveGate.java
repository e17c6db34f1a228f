package dev.cerberus.gate;

import java.util.function.DoublePredicate;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The gate that needs no threshold: it drafts the number of nodes that pays best on this
 * machine, and none where none pays.
 *
 * <p>
 * Where even running the heads does not pay, it rests: it asks them only as often as a
 * hundredth of the time allows, so that text that can not be drafted is decoded at nearly
 * plain speed.
 */
/*
 * The heads' time is spent before the decision about nodes is taken, so it does not enter
 * that; it enters the question whether to ask them at all. That is answered by a decayed
 * sum of what the last consultations were worth: gain of the chosen nodes beyond a plain
 * step, less the heads' cost, both at the running rate λ. While the sum is positive the
 * gate is awake. It is bounded above by some fruitless consultations' cost, so that a
 * long good stretch does not make it deaf to the end of it.
 *
 * A resting gate learns nothing, so it probes, from a budget: PROBE_SHARE of all time
 * flows in, a probe's time flows out, and the tokens that it gained flow back in, so that
 * a probe that succeeds is followed by the next at once. Heads that promised too much are
 * believed again only after a probe has drafted on their word, however little they are
 * trusted at the time; that takes more time than asking them, and comes from the same
 * budget. Heads that promise too little are found out by a probe now and then that drafts
 * against their word. The budget outlives the request: many short requests probe no more
 * than one long one.
 *
 * A resting gate also wakes where the text itself promises to go on as it did before.
 * That is no probe, for it costs nothing to know; who promises wrongly is believed less
 * the next time.
 *
 * Where there are no heads, asking is looking something up and costs nothing: the gate
 * never rests, and a probe is a draft against the odds, from the same budget. It needs
 * few of them, since the next token alone shows whether what was found is right.
 */
public final class AdaptiveGate implements Gate {

    private static final double PROBE_SHARE = 0.01;

    /** Draft nodes of a probe: enough for a whole path, few enough to be cheap. */
    private static final int PROBE_NODES = 4;

    /** One in so many probes drafts although the heads promise nothing. */
    private static final int SCEPTICAL_PROBES = 4;

    private static final double BUDGETED_PROBES = 2;

    private static final double MEMORY = 0.95;

    private static final double PATIENCE = 15;

    /** Where drafting yields this rate, what a plain step costs decides nothing soon. */
    private static final double CLEAR_RATE = 1.5;

    private static final int CLEAR_PATIENCE = 4;

    /** A promise below this is not worth being woken for. */
    private static final double PROMISING = 0.75;

    /** A promise from here on is kept even where drafts do not pay in company. */
    private static final double CERTAIN = 0.97;

    /** How many consultations earlier requests count for at the start of a request. */
    private static final double HEAD_START = 5;

    private final TreeSizer sizer;

    private double worth;

    private double gain; // expected of the last draft

    private boolean resting;

    private boolean probing;

    private boolean woken;

    private int probes;

    /**
     * Creates a gate.
     * @param sizer chooses the number of nodes
     */
    public AdaptiveGate(TreeSizer sizer) {
        this.sizer = sizer;
        this.worth = Math.min(HEAD_START * sizer.experience().worth(), PATIENCE / 2 * headsCost());
    }

    @Override
    public boolean consultsHeads(ToDoubleFunction<GateSignal> signals) {
        this.resting = this.sizer.costs().rests();
        if (this.resting) {
            return false;
        }
        int patience = (this.sizer.tokensPerPlainStep() >= CLEAR_RATE) ? CLEAR_PATIENCE : 1;
        boolean awake = (this.worth > 0 || askingIsFree()) && !this.sizer.costs().plainStepIsDue(patience);
        this.probing = this.worth <= 0 && budget() >= probePrice();
        return awake || this.probing;
    }

    @Override
    public boolean wakes(DoubleSupplier promise) {
        this.woken = (this.worth <= 0 || this.resting) && promise.getAsDouble() >= (this.resting ? CERTAIN : PROMISING);
        return this.woken;
    }

    @Override
    public DoublePredicate growth() {
        return (this.probing || this.woken) ? Gate.super.growth() : this.sizer.growth(askingIsFree() ? 1 : 0);
    }

    @Override
    public GateDecision decide(double[] pathProbabilities, boolean whole, ToDoubleFunction<GateSignal> signals) {
        double[] expectations = this.sizer.expectations(pathProbabilities);
        int nodes = choose(expectations, whole);
        this.gain = this.sizer.gain(expectations, nodes);
        boolean against = (this.probing || this.woken) && nodes == 0;
        this.probing &= against || !askingIsFree();
        return new GateDecision(against ? probe(pathProbabilities, whole) : nodes);
    }

    private int probe(double[] pathProbabilities, boolean whole) {
        this.probes++;
        int hoped = choose(this.sizer.hopes(pathProbabilities), whole);
        int fewest = (this.probes % SCEPTICAL_PROBES == 0) ? Math.min(1, pathProbabilities.length) : 0;
        if (whole) {
            return (Math.max(hoped, fewest) > 0) ? pathProbabilities.length : 0;
        }
        return Math.min(PROBE_NODES, Math.max(hoped, fewest));
    }

    private int choose(double[] expectations, boolean whole) {
        if (!whole) {
            return this.sizer.best(expectations, 0);
        }
        int all = expectations.length - 1;
        return (this.sizer.gain(expectations, all) > 0) ? all : 0;
    }

    @Override
    public void learn(double[] probabilities, int[] right) {
        this.sizer.learn(probabilities, right);
    }

    @Override
    public void observe(StepOutcome outcome) {
        if (outcome.headsRan()) { // what is drafted without them is not their merit
            double heads = headsCost();
            this.worth = Math.min(this.worth * MEMORY + this.gain - heads, PATIENCE * heads);
            this.sizer.experience().observeWorth(this.gain - heads);
        }
        this.gain = 0;
        this.sizer.observe(outcome);
        double cost = this.sizer.cost(outcome);
        double budget = budget() + PROBE_SHARE * cost;
        if (this.probing) {
            budget += 1 + outcome.acceptedDraftTokens() - cost;
        }
        this.probing = false;
        this.woken = false;
        this.sizer.experience().probingBudget(budget);
        if (!outcome.headsRan() && this.worth < 0) {
            // old doubts fade, so that one good probe outweighs them
            this.worth *= MEMORY;
        }
    }

    private boolean askingIsFree() {
        return this.sizer.costs().headsPlainSteps() == 0;
    }

    /** Returns what running the heads once costs at the running rate, in tokens. */
    private double headsCost() {
        return this.sizer.tokensPerPlainStep() * this.sizer.costs().headsPlainSteps();
    }

    private double budget() {
        return Math.min(this.sizer.experience().probingBudget(), BUDGETED_PROBES * probePrice());
    }

    private double probePrice() {
        StepCosts costs = this.sizer.costs();
        int nodes = Math.min(PROBE_NODES, costs.maxNodes());
        return costs.headsPlainSteps() + costs.plainSteps(nodes) - 1;
    }

}
