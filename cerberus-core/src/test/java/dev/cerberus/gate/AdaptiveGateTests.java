package dev.cerberus.gate;

import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.gate.GateSimulation.Regime;
import dev.cerberus.gate.GateSimulation.Run;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The adaptive gate on synthetic text; rates are tokens per time of a plain step, by the
 * simulated costs, so nothing here depends on the machine.
 */
class AdaptiveGateTests {

    private static final int TOKENS = 4000;

    private static double[] costs(String name) {
        return switch (name) {
            case "flat" -> GateSimulation.FLAT;
            case "medium" -> GateSimulation.MEDIUM;
            case "steep" -> GateSimulation.STEEP;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static GateSimulation simulation(String costs, double heads, Regime... regimes) {
        return new GateSimulation(costs(costs), heads, 12, TOKENS, regimes);
    }

    private static AdaptiveGate gate(GateSimulation simulation) {
        return new AdaptiveGate(new TreeSizer(simulation.costs(), new Experience()));
    }

    /** Gates of many requests that share costs and experience, as in the engine. */
    private static Function<Integer, Gate> gates(GateSimulation simulation) {
        CostCurve costs = simulation.costs();
        Experience experience = new Experience();
        return (request) -> new AdaptiveGate(new TreeSizer(costs, experience));
    }

    @ParameterizedTest
    @CsvSource({ "flat,0.5", "medium,0.02", "medium,0.2", "medium,0.5", "steep,0.02", "steep,0.2", "steep,1" })
    void textThatNobodyCanGuessIsDecodedAtNearlyPlainSpeed(String costs, double heads) {
        GateSimulation useless = simulation(costs, heads, Regime.USELESS);
        assertThat(useless.run(gate(useless)).rate()).isGreaterThan(0.98);
        assertThat(useless.run(gates(useless), 64).rate()).isGreaterThan(0.98);
    }

    @ParameterizedTest
    @CsvSource({ "flat,0.2", "flat,0.5", "medium,0.02", "medium,0.2", "steep,0.2" })
    void headsThatPromiseWhatNeverComesAreFoundOut(String costs, double heads) {
        GateSimulation wrong = simulation(costs, heads, Regime.OVERCONFIDENT);
        assertThat(wrong.run(gate(wrong)).rate()).isGreaterThan(0.98);
        assertThat(wrong.run(gates(wrong), 64).rate()).isGreaterThan(0.98);
    }

    @ParameterizedTest
    @ValueSource(strings = { "useless", "overconfident" })
    void firstShortRequestEverIsNotMuchSlowerThanPlain(String text) {
        Regime regime = text.equals("useless") ? Regime.USELESS : Regime.OVERCONFIDENT;
        double floor = text.equals("useless") ? 0.97 : 0.95;
        for (long seed = 0; seed < 5; seed++) {
            GateSimulation start = new GateSimulation(GateSimulation.MEDIUM, 0.2, seed, 128, regime);
            assertThat(start.run(gate(start)).rate()).isGreaterThan(floor);
        }
    }

    @ParameterizedTest
    @CsvSource({ "flat,0.1", "flat,0.5", "medium,0.1", "medium,0.5", "steep,0.1", "steep,0.5" })
    void goodTextIsDecodedAsFastAsByTheBestFixedTreeAndThreshold(String costs, double heads) {
        GateSimulation good = simulation(costs, heads, Regime.GOOD);
        double best = Math.max(good.bestFixedSize(), good.bestThreshold());
        assertThat(good.run(gate(good)).rate()).isGreaterThan(0.98 * best);
        assertThat(good.run(gates(good), 128).rate()).isGreaterThan(0.98 * best);
    }

    @ParameterizedTest
    @CsvSource({ "flat,0.1", "medium,0.1", "medium,0.5", "steep,0.1" })
    void textThatIsHardAndEasyByTurnsIsDecodedAsFastAsByTheBestThreshold(String costs, double heads) {
        GateSimulation mixed = simulation(costs, heads, Regime.MIXED);
        double best = mixed.bestThreshold();
        assertThat(mixed.run(gate(mixed)).rate()).isGreaterThan(0.98 * best);
        assertThat(mixed.run(gates(mixed), 128).rate()).isGreaterThan(0.97 * best);
    }

    @Test
    void easyAndHardStepsTogetherBeatEveryFixedTree() {
        GateSimulation mixed = simulation("medium", 0.1, Regime.MIXED);
        assertThat(mixed.run(gate(mixed)).rate()).isGreaterThan(1.05 * mixed.bestFixedSize());
    }

    @ParameterizedTest
    @CsvSource({ "flat,0.1", "medium,0.1" })
    void headsThatExaggerateCostLittle(String costs, double heads) {
        GateSimulation optimistic = simulation(costs, heads, Regime.OPTIMISTIC);
        assertThat(optimistic.run(gate(optimistic)).rate()).isGreaterThan(0.97 * optimistic.bestFixedSize());
    }

    @ParameterizedTest
    @CsvSource({ "flat,0.1,0.97", "medium,0.1,0.88" })
    void headsThatPromiseTooLittleAreFoundOut(String costs, double heads, double floor) {
        GateSimulation modest = simulation(costs, heads, Regime.MODEST);
        assertThat(modest.run(gate(modest)).rate()).isGreaterThan(floor * modest.bestFixedSize());
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void endOfGoodTextIsNoticed(boolean overconfident) {
        GateSimulation change = simulation("medium", 0.2, Regime.GOOD,
                overconfident ? Regime.OVERCONFIDENT : Regime.USELESS);
        Gate gate = gate(change);
        change.advance(gate, TOKENS / 2);
        Run turn = change.advance(gate, 100);
        Run after = change.advance(gate, TOKENS);
        // What is lost at the turn, in plain steps.
        assertThat(turn.cost() - turn.tokens()).isLessThan(overconfident ? 35 : 6);
        assertThat(after.rate()).isGreaterThan(0.975);
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void beginningOfGoodTextIsNoticedWithinTwoHundredSteps(boolean overconfident) {
        GateSimulation change = simulation("medium", 0.2, overconfident ? Regime.OVERCONFIDENT : Regime.USELESS,
                Regime.GOOD);
        Gate gate = gate(change);
        change.advance(gate, TOKENS / 2);
        change.advance(gate, 200);
        Run after = change.advance(gate, TOKENS);
        GateSimulation good = simulation("medium", 0.2, Regime.GOOD);
        assertThat(after.rate()).isGreaterThan(0.95 * good.bestFixedSize());
    }

    @Test
    void goodRequestsAmongHopelessOnesAreStillDrafted() {
        Regime[] turns = new Regime[20];
        for (int i = 0; i < turns.length; i++) {
            turns[i] = (i % 2 == 0) ? Regime.USELESS : Regime.GOOD;
        }
        GateSimulation alternating = simulation("medium", 0.2, turns);
        Run run = alternating.run(gates(alternating), TOKENS / turns.length);
        GateSimulation good = simulation("medium", 0.2, Regime.GOOD);
        // Half the tokens at plain speed, half at the best fixed one.
        double ideal = 2 / (1 + 1 / good.bestFixedSize());
        assertThat(run.rate()).isGreaterThan(0.96 * ideal);
    }

    @Test
    void probingTakesAboutAHundredthOfTheTime() {
        GateSimulation useless = simulation("medium", 0.3, Regime.USELESS);
        Gate gate = gate(useless);
        useless.advance(gate, TOKENS / 2);
        Run settled = useless.advance(gate, TOKENS / 2);
        double probing = settled.cost() - settled.steps();
        assertThat(probing / settled.cost()).isBetween(0.005, 0.015);
        assertThat(settled.consultations()).isPositive();
    }

    @Test
    void wrongMeasurementOfTheCostsIsCorrected() {
        GateSimulation steep = simulation("steep", 0.3, Regime.FAIR);
        CostCurve believed = GateSimulation.curve(GateSimulation.FLAT, 0.05);
        Gate gate = new AdaptiveGate(new TreeSizer(believed, new Experience()));
        Run learning = steep.advance(gate, TOKENS / 2);
        Run settled = steep.advance(gate, TOKENS / 2);
        assertThat(settled.rate()).isGreaterThan(learning.rate()).isGreaterThan(0.93);
    }

    @Test
    void plainStepIsTakenNowAndThenSoThatItsCostStaysKnown() {
        GateSimulation good = simulation("flat", 0.1, Regime.GOOD);
        Run run = good.run(gate(good));
        assertThat(run.steps() - run.draftSteps()).isBetween(run.steps() / 700, run.steps() / 300);
    }

    @Test
    void noisyTimesChangeLittle() {
        GateSimulation calm = simulation("medium", 0.2, Regime.GOOD).noise(0);
        GateSimulation noisy = simulation("medium", 0.2, Regime.GOOD).noise(0.3);
        assertThat(noisy.run(gate(noisy)).rate()).isGreaterThan(0.97 * calm.run(gate(calm)).rate());
    }

    @Test
    void staticShapeIsTakenWholeOrNotAtAll() {
        GateSimulation any = simulation("medium", 0.1, Regime.GOOD);
        AdaptiveGate gate = gate(any);
        assertThat(gate.consultsHeads((signal) -> 0)).isTrue();
        assertThat(gate.decide(new double[] { 0.8, 0.1, 0.01 }, true, (signal) -> 0).nodes()).isEqualTo(3);
        assertThat(gate.decide(new double[] { 0.05, 0.01, 0.01 }, true, (signal) -> 0).nodes()).isZero();
        assertThat(gate.decide(new double[0], true, (signal) -> 0).nodes()).isZero();
    }

    @Test
    void oneNodeTakesWhatItsCostSays() {
        GateSimulation any = simulation("medium", 0.1, Regime.GOOD);
        AdaptiveGate gate = gate(any);
        assertThat(gate.consultsHeads((signal) -> 0)).isTrue();
        // A node costs 0.1 plain steps.
        assertThat(gate.decide(new double[] { 0.2 }, false, (signal) -> 0).nodes()).isEqualTo(1);
        assertThat(gate.decide(new double[] { 0.05 }, false, (signal) -> 0).nodes()).isZero();
    }

    @Test
    void restingGateWakesForAPromiseAndDraftsOnIt() {
        GateSimulation useless = simulation("medium", 0.3, Regime.USELESS);
        AdaptiveGate gate = gate(useless);
        assertThat(gate.wakes(() -> 0.99)).isFalse(); // awake anyway
        useless.advance(gate, TOKENS / 2);
        while (gate.consultsHeads((signal) -> 0)) {
            gate.decide(new double[] { 0.01 }, false, (signal) -> 0);
            gate.observe(StepOutcome.plain(true, 0.3, 1));
        }
        assertThat(gate.wakes(() -> 0.3)).isFalse();
        assertThat(gate.wakes(() -> 0.9)).isTrue();
        assertThat(gate.growth().test(0.01)).isTrue();
        assertThat(gate.decide(new double[] { 0.9, 0.8, 0.7 }, false, (signal) -> 0).nodes()).isPositive();
        gate.observe(StepOutcome.plain(true, 0.3, 1));
        assertThat(gate.decide(new double[] { 0.01, 0.01 }, false, (signal) -> 0).nodes()).isZero();
    }

    @Test
    void gateThatAsksForNothingNeverRests() {
        CostCurve free = GateSimulation.curve(GateSimulation.MEDIUM, 0);
        AdaptiveGate gate = new AdaptiveGate(new TreeSizer(free, new Experience()));
        for (int step = 0; step < 1000; step++) {
            assertThat(gate.consultsHeads((signal) -> 0)).isTrue();
            assertThat(gate.decide(new double[0], false, (signal) -> 0)).isEqualTo(GateDecision.SKIP);
            gate.observe(StepOutcome.plain(false, 0, 0.01));
        }
        gate.consultsHeads((signal) -> 0);
        assertThat(gate.decide(new double[] { 0.9, 0.8, 0.7 }, false, (signal) -> 0).nodes()).isPositive();
    }

    @Test
    void gateThatAsksForNothingDraftsAgainstTheOddsFromItsBudgetOnly() {
        CostCurve free = GateSimulation.curve(GateSimulation.STEEP, 0);
        AdaptiveGate gate = new AdaptiveGate(new TreeSizer(free, new Experience()));
        double cost = 0;
        int steps = 2000;
        for (int step = 0; step < steps; step++) {
            double[] proposed = { 0.3 };
            int nodes = gate.consultsHeads((signal) -> 0) ? gate.decide(proposed, false, (signal) -> 0).nodes() : 0;
            cost += GateSimulation.STEEP[nodes];
            gate.observe((nodes == 0) ? StepOutcome.plain(false, 0, 0.01)
                    : new StepOutcome(proposed, new int[0], false, 0, 0.015));
        }
        assertThat(cost / steps).isBetween(1.0, 1.02);
    }

    @Test
    void draftsMadeWithoutTheHeadsAreNotTheirMerit() {
        CostCurve costs = CostCurve.through(new int[] { 0, 4 }, new double[] { 1, 1.1 }, 0.5);
        AdaptiveGate gate = new AdaptiveGate(new TreeSizer(costs, new Experience()));
        while (gate.consultsHeads((signal) -> 0)) { // they find nothing
            gate.decide(new double[] { 0.01 }, false, (signal) -> 0);
            gate.observe(StepOutcome.plain(true, 0.5, 1));
        }
        double[] forced = { 0.999, 0.998 };
        for (int i = 0; i < 5; i++) {
            assertThat(gate.consultsHeads((signal) -> 0)).isFalse();
            assertThat(gate.wakes(() -> 0.999)).isTrue();
            assertThat(gate.decide(forced, false, (signal) -> 0).nodes()).isEqualTo(2);
            gate.observe(new StepOutcome(forced, new int[] { 0, 1 }, false, 0, 1.05));
        }
        assertThat(gate.consultsHeads((signal) -> 0)).isFalse();
    }

}
