package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.model.ModelException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What a device is believed to compute in, over all devices that there may be.
 */
class CapabilitiesTests {

    private static final Pattern ADVICE = Pattern
        .compile("use ([a-z0-9 ]+), or leave it to auto, which is (\\w+) here");

    /** Every set of formats with FP32, which all devices have, by every kernel. */
    static List<Map<Precision, LinearKernel>> machines() {
        List<Map<Precision, LinearKernel>> machines = new ArrayList<>();
        for (LinearKernel fp32 : List.of(LinearKernel.GENERAL, LinearKernel.PACKED)) {
            for (int set = 0; set < 16; set++) {
                Map<Precision, LinearKernel> machine = new EnumMap<>(Map.of(Precision.FP32, fp32));
                if ((set & 1) != 0) {
                    machine.put(Precision.BF16, ((set & 2) != 0) ? LinearKernel.PACKED : LinearKernel.GENERAL);
                }
                if ((set & 4) != 0) {
                    machine.put(Precision.FP16, LinearKernel.FP16_WEIGHTS);
                }
                if ((set & 8) != 0) {
                    machine.put(Precision.INT8, LinearKernel.INT8_BOUNDED);
                }
                machines.add(machine);
            }
        }
        return machines;
    }

    @ParameterizedTest
    @MethodSource("machines")
    void everyAdviceOfARefusalIsAccepted(Map<Precision, LinearKernel> machine) {
        Capabilities capabilities = Capabilities.cpu(machine);
        for (Precision precision : Precision.values()) {
            if (machine.containsKey(precision)) {
                assertThat(capabilities.require(precision)).isEqualTo(machine.get(precision));
                continue;
            }
            ModelException refusal = catchThrowableOfType(ModelException.class, () -> capabilities.require(precision));
            advised(refusal)
                .forEach((advice) -> assertThatCode(() -> capabilities.require(advice)).doesNotThrowAnyException());
        }
    }

    /** Returns what a refusal tells to use, the meaning of auto included. */
    private static List<Precision> advised(ModelException refusal) {
        Matcher advice = ADVICE.matcher(refusal.getMessage());
        assertThat(advice.find()).as(refusal.getMessage()).isTrue();
        List<Precision> advised = new ArrayList<>();
        for (String name : (advice.group(1) + " or " + advice.group(2)).split(" or ")) {
            advised.add(Precision.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        return advised;
    }

    @ParameterizedTest
    @MethodSource("machines")
    void fastestFormatIsOneThatWorks(Map<Precision, LinearKernel> machine) {
        Capabilities capabilities = Capabilities.cpu(machine);
        assertThat(machine).containsKeys(capabilities.fastest(), capabilities.fastestFloatingPoint());
        assertThat(capabilities.emulates(capabilities.fastest())).isFalse();
        assertThat(capabilities.fastestFloatingPoint()).isNotEqualTo(Precision.INT8);
    }

    @Test
    void bf16OnACpuThatHasNoInstructionsForItIsEmulatedAndNeverTheFastest() {
        Capabilities cpu = Capabilities
            .cpu(Map.of(Precision.FP32, LinearKernel.PACKED, Precision.BF16, LinearKernel.GENERAL));
        assertThat(cpu.emulates(Precision.BF16)).isTrue();
        assertThat(cpu.fastest()).isEqualTo(Precision.FP32);
    }

    @Test
    void aCudaDeviceComputesInBf16OrIfItIsOlderInFp16() {
        assertThat(Capabilities.cuda("cuda:0", true).fastest()).isEqualTo(Precision.BF16);
        Capabilities older = Capabilities.cuda("cuda:1", false);
        assertThat(older.fastest()).isEqualTo(Precision.FP16);
        assertThat(older.emulates(Precision.BF16)).isTrue();
        assertThatThrownBy(() -> older.require(Precision.INT8)).isInstanceOf(ModelException.class)
            .hasMessageEndingWith("use fp32 or bf16 or fp16, or leave it to auto, which is fp16 here");
    }

    @ParameterizedTest
    @EnumSource
    void thisMachineComputesInEveryFormatThatItAdvises(Precision precision) {
        TorchDevice cpu = TorchDevice.of("cpu");
        List<Precision> usable = new ArrayList<>();
        try {
            cpu.requireSupport(precision);
            usable.add(precision);
        }
        catch (ModelException ex) {
            usable.addAll(advised(ex));
        }
        usable.forEach((format) -> assertThatCode(() -> LoadedOnce.computes(cpu, format)).doesNotThrowAnyException());
    }

    @Test
    void largeHeadsBesideActivationsIn32BitsAreRoundedToInt8WhereThatWorks() {
        Capabilities cpu = Capabilities.cpu(Map.of(Precision.FP32, LinearKernel.PACKED, Precision.BF16,
                LinearKernel.PACKED, Precision.FP16, LinearKernel.FP16_WEIGHTS, Precision.INT8, LinearKernel.INT8));
        assertThat(cpu.headsKernel(Precision.FP32, 8_000_000)).isEqualTo(LinearKernel.INT8);
        assertThat(cpu.headsKernel(Precision.FP16, 8_000_000)).isEqualTo(LinearKernel.INT8);
        assertThat(cpu.headsKernel(Precision.BF16, 8_000_000)).isEqualTo(LinearKernel.PACKED);
        assertThat(cpu.headsKernel(Precision.FP32, 10_000)).isEqualTo(LinearKernel.PACKED);
        Capabilities without = Capabilities.cpu(Map.of(Precision.FP32, LinearKernel.PACKED));
        assertThat(without.headsKernel(Precision.FP32, 8_000_000)).isEqualTo(LinearKernel.PACKED);
        Capabilities card = Capabilities.cuda("cuda:0", true);
        assertThat(card.headsKernel(Precision.FP32, 8_000_000)).isEqualTo(LinearKernel.ACCUMULATING);
    }

    @Test
    void fp16OnACpuNeedsFbgemm() {
        Capabilities cpu = Capabilities.cpu(Map.of(Precision.FP32, LinearKernel.GENERAL));
        assertThatThrownBy(() -> cpu.require(Precision.FP16)).isInstanceOf(ModelException.class)
            .hasMessage("precision fp16 does not work on cpu: it needs a CUDA device, or an x86 CPU with AVX2 and a "
                    + "libtorch build with FBGEMM; use fp32, or leave it to auto, which is fp32 here");
    }

    @Test
    void fp16OnACpuGivesTheSameTokensWhateverIsDrafted() {
        Capabilities cpu = Capabilities
            .cpu(Map.of(Precision.FP32, LinearKernel.PACKED, Precision.FP16, LinearKernel.FP16_WEIGHTS));
        assertThat(cpu.promisesIdentity(Precision.FP16)).isTrue();
        assertThat(cpu.fastestFloatingPoint()).isEqualTo(Precision.FP16);
    }

}
