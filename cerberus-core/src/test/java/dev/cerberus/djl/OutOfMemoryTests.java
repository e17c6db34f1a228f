package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.ModelException;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class OutOfMemoryTests {

    private static final String CUDA = "CUDA out of memory. Tried to allocate 86.00 MiB. GPU 0 has a total capacity of "
            + "139.80 GiB of which 61.50 MiB is free. Process 1885 has 134.21 GiB memory in use. Of the allocated memory "
            + "5.10 GiB is allocated by PyTorch, and 10.00 MiB is reserved by PyTorch but unallocated. If reserved but "
            + "unallocated memory is large try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True";

    private static final String CPU = "[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't "
            + "allocate memory: you tried to allocate 4503599627370496 bytes. Error code 12 (Cannot allocate memory)";

    @Test
    void whatWasAskedForAndWhatIsFreeIsRead() {
        OutOfMemory full = OutOfMemory.read(CUDA).orElseThrow();
        assertThat(full.askedBytes()).contains(86L << 20);
        assertThat(full.memory()).contains(new DeviceMemory(Math.round(139.8 * (1L << 30)), 123L << 19));
    }

    @Test
    void theAllocatorOfTheCpuTellsLess() {
        OutOfMemory full = OutOfMemory.read(CPU).orElseThrow();
        assertThat(full.askedBytes()).contains(1L << 52);
        assertThat(full.memory()).isEmpty();
    }

    @Test
    void anErrorOfTheDriverTellsNothing() {
        OutOfMemory full = OutOfMemory.read("CUDA error: out of memory\nCUDA kernel errors might be").orElseThrow();
        assertThat(full.askedBytes()).isEmpty();
        assertThat(full.memory()).isEmpty();
        assertThat(full.inAStep("cuda:0").problem())
            .isEqualTo("There was no memory left on cuda:0 for this request; others go on");
    }

    @Test
    void otherErrorsAreNotTakenForThis() {
        assertThat(OutOfMemory.read("CUDA error: an illegal memory access was encountered")).isEmpty();
    }

    @Test
    void theAllocatorOfThisMachineIsUnderstood() {
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.cpu())) {
            EngineException failure = catchThrowableOfType(EngineException.class,
                    () -> manager.create(new Shape(1L << 50), DataType.FLOAT32));
            assertThat(OutOfMemory.read(failure.getMessage())).as(failure.getMessage())
                .get()
                .extracting(OutOfMemory::askedBytes)
                .isEqualTo(Optional.of(1L << 52));
        }
    }

    /** A device that computes in bf16; nothing is run on it. */
    private static TorchDevice card() {
        return TorchDevice.cuda(0, "for a test", new CudaTorch() {

            @Override
            public boolean isBuilt() {
                return true;
            }

            @Override
            public OptionalInt count() {
                return OptionalInt.of(1);
            }

            @Override
            public void touch(int index) {
                throw new AssertionError("nothing is to be run");
            }

            @Override
            public Optional<DeviceMemory> memory(int index) {
                return Optional.empty();
            }

            @Override
            public boolean attendsInBf16(int index) {
                return true;
            }

            @Override
            public boolean attendsByFlash(int index) {
                return true;
            }

        });
    }

    @Test
    void aModelThatDoesNotFitIsToldWithWhatItNeedsAndWhatToChange(@TempDir Path directory) {
        ModelConfig config = ModelConfig.read(TinyModels.write("llama", directory));
        EngineException cause = new EngineException(CUDA);
        ModelException failure = card().loadingFailed(config, Precision.FP32, cause);
        assertThat(failure).hasMessageStartingWith("The model does not fit on cuda:0: its weights in fp32 take about ")
            .hasMessageEndingWith(" GiB (0.08 GiB more were asked for and 0.06 GiB of 139.80 GiB were free); set "
                    + "EngineOptions.precision to bf16, lower EngineOptions.maxContext, end what else uses the "
                    + "memory, take a smaller model, or take another EngineOptions.device")
            .hasCause(cause);
        assertThat(card().loadingFailed(config, Precision.BF16, cause).getMessage())
            .doesNotContain("EngineOptions.precision");
    }

    @Test
    void weightsAreCountedInTheirFormat() {
        OutOfMemory full = OutOfMemory.read(CUDA).orElseThrow();
        assertThat(full.atLoad("cuda:0", "bf16", 7L << 31, Optional.empty()).problem())
            .contains("take about 14.00 GiB");
        assertThat(List.of(Precision.FP32, Precision.BF16, Precision.FP16, Precision.INT8))
            .extracting(Precision::weightBytes)
            .containsExactly(4, 2, 2, 1);
    }

    @Test
    void aRequestThatThereIsNoMemoryForIsToldWhatToChange() {
        assertThat(card().stepFailed("The model", new EngineException(CUDA))).hasMessage(
                "There was no memory left on cuda:0 for this request (0.08 GiB more were asked for and 0.06 GiB "
                        + "of 139.80 GiB were free); others go on; ask for less at a time, lower "
                        + "EngineOptions.kvCacheTokens, or lower EngineOptions.maxConcurrent");
        assertThat(card().stepFailed("The model", new EngineException("device-side assert")))
            .hasMessage("The model failed on cuda:0: device-side assert");
    }

}
