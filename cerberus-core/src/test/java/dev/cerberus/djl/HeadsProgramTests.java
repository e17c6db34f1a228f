package dev.cerberus.djl;

import java.util.List;

import ai.djl.ndarray.NDManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.model.HeadsDescription;

import static org.assertj.core.api.Assertions.assertThatNoException;

class HeadsProgramTests {

    private static final int VOCABULARY = 48;

    static List<HeadsDescription> descriptions() {
        return RandomHeads.descriptions();
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void programsOfEveryShapeLoadWithTheKernelThatEveryDeviceHas(HeadsDescription heads) {
        try (NDManager manager = TorchDevice.of("cpu").newManager()) {
            load(manager, HeadsProgram.forTraining(heads).source());
            load(manager, HeadsProgram.forDrafting(heads, LinearKernel.GENERAL, Precision.BF16, VOCABULARY)
                .draftSource(LinearKernel.GENERAL.basis(), 1));
        }
    }

    private static void load(NDManager manager, ProgramSource source) {
        assertThatNoException().isThrownBy(() -> ScriptModule.load(manager, source.toString()).close());
    }

}
