package dev.cerberus.gate;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CompanyWorthTests {

    private final CompanyWorth worth = new CompanyWorth();

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
    void stepsInWhichNobodyWritesTellNothing() {
        for (int i = 0; i < 500; i++) {
            this.worth.observe(0, 1);
        }
        assertThat(rests(3000, 1.3)).isBetween(0.005, 0.03);
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
