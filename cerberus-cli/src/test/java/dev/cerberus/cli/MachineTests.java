package dev.cerberus.cli;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MachineTests {

    @Test
    void instructionsThatMatterAreFoundInWhatTheKernelSays() {
        Machine machine = Machine.of(List.of("processor\t: 0", "model name\t: A CPU at 2 GHz: fast",
                "flags\t\t: fpu sse avx2 avx512_vnni x", "processor\t: 1"));
        assertThat(machine.processor()).contains("A CPU at 2 GHz: fast");
        assertThat(machine.features().orElseThrow()).containsExactly("avx2", "avx512_vnni");
        assertThat(machine.processors()).isPositive();
        assertThat(machine.memoryBytes()).isPositive();
        assertThat(machine.toString()).startsWith("A CPU at 2 GHz: fast, ")
            .contains(" processors (avx2 avx512_vnni), ")
            .endsWith(" GB of memory");
    }

    @Test
    void elsewhereNothingIsKnown() {
        assertThat(Machine.of(List.of()).processor()).isEmpty();
        assertThat(Machine.of(List.of()).features()).isEmpty();
    }

}
