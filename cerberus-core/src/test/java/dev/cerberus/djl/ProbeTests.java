package dev.cerberus.djl;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProbeTests {

    @Test
    void eachProgramIsAskedOnce() {
        assertThat(IntStream.range(0, 40).mapToObj((i) -> Probe.holds(chance(0.5), "by_chance")).distinct()).hasSize(1);
        assertThat(Probe.holds(chance(-1), "by_chance")).isTrue();
        assertThat(Probe.holds(chance(2), "by_chance")).isFalse();
    }

    private static ProgramSource chance(double bound) {
        return new ProgramSource().constant("BOUND", bound).files("probe_by_chance.py");
    }

    @Test
    void whatLibtorchDoesNotHaveOrCanNotDoDoesNotHold() {
        assertThat(Probe.holds(new ProgramSource().files("probe_without_operator.py"), "holds")).isFalse();
        assertThat(Probe.holds(new ProgramSource().files("probe_failing.py"), "holds")).isFalse();
    }

}
