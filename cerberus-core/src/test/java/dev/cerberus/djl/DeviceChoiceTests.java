package dev.cerberus.djl;

import java.util.Optional;
import java.util.OptionalInt;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.model.ModelException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Which device is taken and what is told, by what libtorch says on machines of all kinds.
 */
class DeviceChoiceTests {

    /** As libtorch words them, in c10/cuda and in its dispatcher. */
    private static final String NO_DRIVER = "Found no NVIDIA driver on your system. Please check that you have an "
            + "NVIDIA GPU and installed a driver from http://www.nvidia.com/Download/index.aspx";

    private static final String OLD_DRIVER = "The NVIDIA driver on your system is too old (found version 12020). "
            + "Please update your GPU driver by downloading and installing a new version from the URL: "
            + "http://www.nvidia.com/Download/index.aspx Alternatively, go to: https://pytorch.org to install a "
            + "PyTorch version that has been compiled with your version of the CUDA driver.";

    private static final String NO_DEVICE = "No CUDA GPUs are available";

    private static final String NO_SUCH_DEVICE = "CUDA error: invalid device ordinal\nGPU device may be out of range, "
            + "do you have enough GPUs?";

    private static final String UNKNOWN_DEVICE = "CUDA error: no kernel image is available for execution on the device";

    private static final String NOT_LOADED = "Could not run 'aten::empty.memory_format' with arguments from the "
            + "'CUDA' backend. This could be because the operator doesn't exist for this backend";

    private static final String FULL = "CUDA out of memory. Tried to allocate 2.00 MiB. GPU 0 has a total capacity of "
            + "79.11 GiB of which 1.56 MiB is free.";

    /** A libtorch without CUDA, which must not be asked for a device. */
    private static CudaTorch withoutCuda() {
        return new Torch(false, OptionalInt.empty(), "");
    }

    /** A libtorch with so many devices that work. */
    private static CudaTorch working(int devices) {
        return new Torch(true, OptionalInt.of(devices), "");
    }

    private static CudaTorch failing(String message) {
        return new Torch(true, OptionalInt.of(0), message);
    }

    @Test
    void autoIsTheFirstCudaDevice() {
        DeviceChoice choice = DeviceChoice.of("auto", working(2));
        assertThat(choice.cuda()).hasValue(0);
        assertThat(choice.reason()).isEqualTo("auto: the first of 2 CUDA devices");
        assertThat(choice.warning()).isEmpty();
        assertThat(DeviceChoice.of("auto", working(1)).reason()).isEqualTo("auto: the first of 1 CUDA device");
    }

    @Test
    void autoWithALibraryWithoutCudaIsTheCpuAndNothingToWarnOf() {
        DeviceChoice choice = DeviceChoice.of("auto", withoutCuda());
        assertThat(choice.cuda()).isEmpty();
        assertThat(choice.reason()).isEqualTo("auto: this libtorch is built without CUDA");
        assertThat(choice.warning()).isEmpty();
    }

    @Test
    void theCpuIsTakenWithoutAskingForDevices() {
        DeviceChoice choice = DeviceChoice.of("cpu", failing(NO_DRIVER));
        assertThat(choice.cuda()).isEmpty();
        assertThat(choice.reason()).isEqualTo("as asked");
        assertThat(choice.warning()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    Found no NVIDIA driver on your system. | there is no NVIDIA driver; install one, or start the container
                    The NVIDIA driver on your system is too old (found version 12020). | is too old for this libtorch: it knows CUDA up to 12.2; install a newer driver
                    No CUDA GPUs are available | shows this process no device; look at nvidia-smi and at CUDA_VISIBLE_DEVICES
                    CUDA error: no kernel image is available for execution on the device | no code for this kind of GPU
                    Could not run 'aten::empty.memory_format' with arguments | was not loaded; set PYTORCH_FLAVOR
                    CUDA unknown error - this may be due to an incorrectly set up environment | libtorch says: CUDA unknown error
                    """)
    void autoThatFallsBackToTheCpuSaysWhyAndWhatToChange(String message, String told) {
        DeviceChoice choice = DeviceChoice.of("auto", failing(message));
        assertThat(choice.cuda()).isEmpty();
        assertThat(choice.warning()).get()
            .asString()
            .startsWith("The model runs on the CPU, though this libtorch is built with CUDA: ")
            .contains(told)
            .endsWith("; if the CPU is meant, set the device to cpu");
        assertThatThrownBy(() -> DeviceChoice.of("cuda", failing(message))).isInstanceOf(ModelException.class)
            .hasMessageStartingWith("device 'cuda' can not be used: ")
            .hasMessageContaining(told);
    }

    @ParameterizedTest
    @ValueSource(strings = { NO_DRIVER, OLD_DRIVER, NO_DEVICE, UNKNOWN_DEVICE, NOT_LOADED })
    void everyFaultOfLibtorchIsKnown(String message) {
        assertThat(CudaFault.of(message)).get().extracting(CudaFault::kind).isNotEqualTo(CudaFault.Kind.OTHER);
    }

    @Test
    void aDriverWhoseVersionIsNotToldIsOldAllTheSame() {
        assertThat(CudaFault.of("The NVIDIA driver on your system is too old.")).get()
            .hasToString("the NVIDIA driver is too old for this libtorch; install a newer driver, or a libtorch that "
                    + "is built for an older CUDA");
    }

    @Test
    void aNumberThatNoDeviceHasIsRefusedWithThoseThatAreThere() {
        assertThatThrownBy(() -> DeviceChoice.of("cuda:7", working(2))).isInstanceOf(ModelException.class)
            .hasMessage("device 'cuda:7' is not there: libtorch sees 2 CUDA devices (cuda:0, cuda:1); take "
                    + "one that is there, or auto");
        assertThat(DeviceChoice.of("cuda:1", working(2)).cuda()).hasValue(1);
    }

    @Test
    void aNumberThatNoDeviceHasIsRefusedAlsoWhereLibtorchDoesNotCountThem() {
        CudaTorch torch = new Torch(true, OptionalInt.empty(), NO_SUCH_DEVICE);
        assertThatThrownBy(() -> DeviceChoice.of("cuda:7", torch)).isInstanceOf(ModelException.class)
            .hasMessageStartingWith("device 'cuda:7' is not there: ");
    }

    @Test
    void cudaWithALibraryWithoutCudaIsRefusedWithWhatToInstall() {
        assertThatThrownBy(() -> DeviceChoice.of("cuda:1", withoutCuda())).isInstanceOf(ModelException.class)
            .hasMessage("device 'cuda:1' can not be used: this libtorch is built without CUDA; take a CUDA build of "
                    + "libtorch: set PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR, or take "
                    + "pytorch-native-cpu off the class path and let a CUDA build be downloaded; or take "
                    + "device cpu");
    }

    @Test
    void aDeviceThatIsFullIsThere() {
        CudaTorch torch = new Torch(true, OptionalInt.of(1), FULL);
        assertThat(DeviceChoice.of("auto", torch).cuda()).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = { "gpu", "cuda:", "cuda:x", "CUDA", "cuda:1000", "" })
    void unknownNamesAreRefused(String name) {
        assertThatThrownBy(() -> DeviceChoice.of(name, working(1))).isInstanceOf(ModelException.class)
            .hasMessageContaining("must be auto, cpu, cuda or cuda:N, was '" + name + "'");
    }

    @Test
    void theProgramThatProbesACudaDeviceCompilesOnAnyMachine() {
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.cpu());
                ScriptModule program = LoadedCudaTorch.load(manager, "probes_cuda.py")) {
            assertThat(program.block()).isNotNull();
        }
    }

    @Test
    void theLibraryOfThisBuildIsAskedWithoutAnError() {
        CudaTorch torch = new LoadedCudaTorch();
        if (!torch.isBuilt()) {
            assertThat(torch.count()).isEmpty();
            assertThat(torch.attendsInBf16(0)).isFalse();
            assertThat(torch.attendsByFlash(0)).isFalse();
            assertThat(torch.memory(0)).isEmpty();
            assertThatThrownBy(() -> torch.touch(0)).isInstanceOf(EngineException.class)
                .extracting((failure) -> CudaFault.of(failure.getMessage()).orElseThrow().kind())
                .isEqualTo(CudaFault.Kind.NOT_LOADED);
        }
        assertThat(TorchDevice.of("auto").reason()).startsWith("auto: ");
    }

    private record Torch(boolean isBuilt, OptionalInt count, String failure) implements CudaTorch {

        @Override
        public void touch(int index) {
            if (!this.isBuilt) {
                throw new AssertionError("there is no CUDA library to ask");
            }
            if (!this.failure.isEmpty()) {
                throw new EngineException(this.failure);
            }
        }

        @Override
        public boolean attendsInBf16(int index) {
            return true;
        }

        @Override
        public boolean attendsByFlash(int index) {
            return true;
        }

        @Override
        public Optional<DeviceMemory> memory(int index) {
            return Optional.empty();
        }

    }

}
