package dev.cerberus.djl;

import java.util.Locale;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ProgramSourceTests {

    private static ProgramSource constants(long count, double scale, boolean tied) {
        return new ProgramSource().constant("COUNT", count)
            .constant("SCALE", scale)
            .constant("TIED", tied)
            .file(ProgramSourceTests.class, "constants.py");
    }

    @Test
    void fileWhenItIsMissingNamesItAndTheClassBesideWhichItShouldLie() {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new ProgramSource().file(ProgramSourceTests.class, "missing.py"))
            .withMessage("no program file torch/missing.py beside dev.cerberus.djl.ProgramSourceTests");
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, 7, -7, Integer.MAX_VALUE + 1L, Long.MAX_VALUE })
    void constantWhenItIsAWholeNumberIsReadExactly(long value) {
        try (NDManager manager = TorchDevice.of("cpu").newManager();
                ScriptModule program = ScriptModule.load(manager, constants(value, 0.5, true).toString());
                IValue result = program.call("count")) {
            assertThat(result.toLong()).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0, 1, -0.1, 1e-5, Math.PI, 1e-300, 12_345_678.9, Double.MAX_VALUE })
    void constantWhenItIsAFloatingPointNumberIsReadExactly(double value) {
        try (NDManager manager = TorchDevice.of("cpu").newManager();
                ScriptModule program = ScriptModule.load(manager, constants(1, value, true).toString());
                IValue result = program.call("scale")) {
            assertThat(result.toDouble()).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = { Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY })
    void constantWhenItIsNotFiniteIsRefused(double value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ProgramSource().constant("SCALE", value))
            .withMessageContaining("SCALE must be finite, was " + value);
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void constantWhenItIsABooleanIsRead(boolean value) {
        try (NDManager manager = TorchDevice.of("cpu").newManager();
                ScriptModule program = ScriptModule.load(manager, constants(1, 0.5, value).toString());
                IValue result = program.call("tied")) {
            assertThat(result.toBoolean()).isEqualTo(value);
        }
    }

    @Test
    void constantWhenItHasAValueAlreadyIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> constants(1, 1, true).constant("COUNT", 2))
            .withMessage("constant COUNT has a value already");
    }

    @Test
    void operandsOfConditionsThatAreComparisonsOfConstantsAreDecided() {
        assertThat(constants(1, 1, true).toString()).contains("if False and rows > 1:", "if True or rows > 1:",
                "if rows > 1 and not False:", "elif True:", "if rows * 1 > 0:", "if 1 - rows > 0:", "if 1 > rows:");
        assertThat(constants(0, 1, true).toString()).contains("if True and rows > 1:", "if False or rows > 1:",
                "if rows > 1 and not True:", "elif False:", "if rows * 0 > 0:", "if 0 - rows > 0:", "if 0 > rows:");
        assertThat(constants(-1, 1, false).toString()).contains("elif (-1) >= 1:", "if rows * (-1) > 0:");
    }

    @Test
    void aliasStandsForTheTypeThatTheKernelPacksAndForNothingElse() {
        ProgramSource tensors = new ProgramSource().file(ProgramSourceTests.class, "alias.py");
        assertThat(tensors.toString()).contains("def kept(self, w: Tensor, MatrixRows: int) -> Tensor:");
        // whatever the order of file and kernel
        ProgramSource packed = new ProgramSource().file(ProgramSourceTests.class, "alias.py")
            .headsProducts(LinearKernel.INT8);
        String type = LinearKernel.INT8.matrixType();
        assertThat(packed.toString()).contains("def kept(self, w: " + type + ", MatrixRows: int) -> " + type + ":");
    }

    @Test
    void sourceIsTheSameWhateverTheLocale() {
        HeadsDescription heads = new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 10, 2, 1024, 32_000, 16);
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.ROOT);
            String expected = HeadsProgram.forTraining(heads).source().constant("SCALE", 1234.5).toString();
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            String actual = HeadsProgram.forTraining(heads).source().constant("SCALE", 1234.5).toString();
            assertThat(actual).isEqualTo(expected);
            try (NDManager manager = TorchDevice.of("cpu").newManager()) {
                ScriptModule.load(manager, actual).close();
            }
        }
        finally {
            Locale.setDefault(before);
        }
    }

}
