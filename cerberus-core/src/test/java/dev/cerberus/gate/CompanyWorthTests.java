package dev.cerberus.gate;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CompanyWorthTests {

    private CompanyWorth worth = new CompanyWorth(true);

    private final Random random = new Random(3);

    /**
     * Takes steps of which those with drafts write so much more in a second than those
     * without, on a machine whose pace changes; returns the share of those without.
     */
    private double rests(int steps, double advantage) {
        int rests = 0;
        for (int i = 0; i < steps; i++) {
            boolean rest = this.worth.rests();
            rests += rest ? 1 : 0;
            double pace = (1 + 0.2 * Math.sin(i / 400.0)) * (0.9 + 0.2 * this.random.nextDouble());
            this.worth.observe(rest ? 1 : 2 * advantage, (rest ? 1 : 2) * pace);
        }
        return (double) rests / steps;
    }

    @Test
    void draftsThatPayAreSeldomLeftOut() {
        assertThat(rests(3000, 1.3)).isBetween(0.005, 0.03);
    }

    @Test
    void draftsThatCostMoreThanTheyBringAreLeftOutAtOnce() {
        assertThat(rests(100, 0.8)).isGreaterThan(0.45);
        assertThat(rests(3000, 0.8)).isGreaterThan(0.97);
    }

    @Test
    void whoBeginsWithoutDraftsFindsThatTheyPay() {
        this.worth = new CompanyWorth(false);
        assertThat(rests(41, 1.5)).isEqualTo(33 / 41.0);
        assertThat(rests(3000, 1.5)).isLessThan(0.03);
    }

    @Test
    void stepsInWhichNobodyWritesTellNothing() {
        for (int i = 0; i < 500; i++) {
            this.worth.observe(0, 1);
        }
        assertThat(rests(3000, 1.3)).isBetween(0.005, 0.03);
    }

    /**
     * Returns how far what was written stays behind the better of both ways, of which
     * each forward's time has the noise of a busy machine.
     */
    private double regret(boolean drafting, int steps, double advantage) {
        double written = 0;
        double seconds = 0;
        this.worth = new CompanyWorth(drafting);
        double burst = 1;
        for (int i = 0; i < steps; i++) {
            if (i % 16 == 0) { // what disturbs lasts for some forwards
                burst = Math.exp(0.2 * this.random.nextGaussian());
            }
            boolean rest = this.worth.rests();
            double progress = rest ? 1 : 2 * advantage;
            double time = (rest ? 1 : 2) * burst * Math.exp(0.1 * this.random.nextGaussian());
            this.worth.observe(progress, time);
            written += progress;
            seconds += rest ? 1 : 2;
        }
        return 1 - written / seconds / Math.max(1, advantage);
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.5 })
    void littleIsLostOnABusyMachine(double advantage) {
        double sum = 0;
        for (int i = 0; i < 50; i++) {
            sum += regret(i % 2 == 0, 2000, advantage);
        }
        assertThat(sum / 50).isLessThan(0.025);
    }

    @Test
    void whatChangesIsNoticed() {
        rests(1000, 0.8);
        rests(2000, 1.5);
        assertThat(rests(500, 1.5)).isLessThan(0.05);
        rests(2000, 0.7);
        assertThat(rests(500, 0.7)).isGreaterThan(0.95);
    }

}
