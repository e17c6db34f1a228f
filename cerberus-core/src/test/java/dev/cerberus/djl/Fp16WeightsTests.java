package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.model.HeadsDescription;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Weights of 16 bits on a CPU; that a model is as exact as in 32 is held in
 * {@link PrecisionTests}, that a row's bits are its own in {@link RowIndependenceTests}.
 */
class Fp16WeightsTests {

    @TempDir
    private Path directory;

    static List<HeadsDescription> descriptions() {
        return RandomHeads.descriptions();
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void headsOfEveryKindProposeWhatTheyWould(HeadsDescription heads) {
        // Of a model in 32 bits, whose weights have more than 11 significant bits.
        NaiveHeads.assertProposed(ExactFormat.FP16, heads, this.directory, 0.005);
    }

    @Test
    void weightsBeyondTheRangeBecomeTheLargestThereAre() {
        TorchDevice device = ExactFormat.FP16.device();
        String source = new ProgramSource().packing(LinearKernel.FP16_WEIGHTS)
            .products(LinearKernel.FP16_WEIGHTS)
            .toString();
        try (NDManager manager = device.newManager();
                ScriptModule program = ScriptModule.load(manager, source);
                NDArray rows = manager.create(new float[] { 1, 0, 2, 1, -1, 0.5f }, new Shape(2, 3));
                NDArray matrix = manager.create(new float[] { 1e6f, 2, 3, 0.25f, -0.5f, -1e6f }, new Shape(2, 3));
                IValue input = ScriptModule.argument(rows);
                IValue weight = ScriptModule.argument(matrix);
                IValue packed = program.call("packed", weight);
                IValue bias = ScriptModule.argument(manager.create(new float[] { 10, 20 }));
                NDArray product = program.callForArray("linear", manager, input, packed, bias)) {
            assertThat(product.toFloatArray()).containsExactly(65504 + 6 + 10, 0.25f - 131_008 + 20,
                    65504 - 2 + 1.5f + 10, 0.25f + 0.5f - 32_752 + 20);
        }
    }

    @Test
    void rowsAreFilledUpByNoMoreThanTheRuleAsks() {
        ExactFormat.FP16.device();
        FilledRows rule = FilledRows.found().orElseThrow();
        assertThat(rule.fewest()).isBetween(1, rule.period());
        assertThat(rule.period()).isLessThanOrEqualTo(14);
    }

}
