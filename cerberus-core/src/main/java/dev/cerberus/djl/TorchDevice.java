package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.util.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.advice.Advice;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.ModelException;

/**
 * A device of the PyTorch engine, with what it can do.
 *
 * <p>
 * Immutable and thread-safe.
 */
public final class TorchDevice {

    private static final Logger LOGGER = LoggerFactory.getLogger(TorchDevice.class);

    /** A device may be looked for more than once, and warned of once. */
    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    /** Each holds the matrices of a layer, in two forms, for a moment. */
    private static final int MOST_LOADING_THREADS = 4;

    private final Device device;

    private final String reason;

    private final Capabilities capabilities;

    private final boolean flash; // whether it has flash attention

    private TorchDevice(Device device, String reason, Capabilities capabilities, boolean flash) {
        this.device = device;
        this.flash = flash;
        this.reason = reason;
        this.capabilities = capabilities;
    }

    /**
     * Returns the device that a configuration value names.
     * @param name {@code auto} for CUDA if there is any, else the CPU; {@code cpu};
     * {@code cuda}; or {@code cuda:N}
     * @return the device
     * @throws ModelException if the device can not be used, with the reason, or the name
     * is unknown
     */
    public static TorchDevice of(String name) {
        CudaTorch torch = new LoadedCudaTorch();
        TorchRuntime.engine();
        DeviceChoice choice = DeviceChoice.of(name, torch);
        choice.warning().filter(WARNED::add).ifPresent(LOGGER::warn);
        return choice.cuda().isPresent() ? cuda(choice.cuda().getAsInt(), choice.reason(), torch)
                : cpu(choice.reason());
    }

    /**
     * Returns the folder that libtorch is unpacked to, which need not exist: what
     * {@code ENGINE_CACHE_DIR} or {@code DJL_CACHE_DIR} names, a variable or a system
     * property, else {@code .djl.ai} in the user's home, or among temporary files where
     * that is not writable.
     */
    public static Path libraryFolder() {
        return Utils.getEngineCacheDir();
    }

    /** Returns the CPU with one way of multiplying. */
    static TorchDevice cpu(LinearKernel kernel) {
        Map<Precision, LinearKernel> kernels = new EnumMap<>(Precision.class);
        if (kernel.quantized()) {
            kernels.put(Precision.INT8, kernel);
        }
        else if (kernel == LinearKernel.FP16_WEIGHTS) {
            kernels.put(Precision.FP16, kernel);
        }
        else {
            kernels.put(Precision.FP32, kernel);
            kernels.put(Precision.BF16, kernel);
        }
        return new TorchDevice(Device.cpu(), "for " + kernel, Capabilities.cpu(kernels), false);
    }

    private static TorchDevice cpu(String reason) {
        Map<Precision, LinearKernel> kernels = new EnumMap<>(Precision.class);
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            // not on a build without oneDNN, such as macOS on ARM; bf16 not on every CPU
            boolean packed = computes(LinearKernel.PACKED, precision);
            kernels.put(precision, packed ? LinearKernel.PACKED : LinearKernel.GENERAL);
        }
        Stream.of(LinearKernel.INT8, LinearKernel.INT8_BOUNDED)
            .filter(TorchDevice::isExact)
            .findFirst()
            .ifPresent((kernel) -> kernels.put(Precision.INT8, kernel));
        if (FilledRows.found().isPresent()) {
            kernels.put(Precision.FP16, LinearKernel.FP16_WEIGHTS);
        }
        return new TorchDevice(Device.cpu(), reason, Capabilities.cpu(kernels), false);
    }

    /** Returns a CUDA device, which computes in bf16 or, if it is older, in fp16. */
    static TorchDevice cuda(int index, String reason, CudaTorch torch) {
        Device device = Device.gpu(index);
        return new TorchDevice(device, reason, Capabilities.cuda(name(device), torch.attendsInBf16(index)),
                torch.attendsByFlash(index));
    }

    private static boolean computes(LinearKernel kernel, Precision precision) {
        return Probe.holds(
                new ProgramSource().constant("TYPE", precision.scalarType()).products(kernel).files("probes.py"),
                "computes");
    }

    /** Returns whether a kernel of integers adds as integers do. */
    static boolean isExact(LinearKernel kernel) {
        return Probe.holds(new ProgramSource().packing(kernel).files("probes_int8.py"), "exact");
    }

    /**
     * Returns the device's name as configuration writes it.
     * @return {@code cpu} or {@code cuda:N}
     */
    public String name() {
        return name(this.device);
    }

    private static String name(Device device) {
        return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
    }

    /**
     * Returns why this device was taken.
     * @return half a sentence
     */
    public String reason() {
        return this.reason;
    }

    /**
     * Returns whether this is the CPU.
     * @return whether operators run on this process' own threads
     */
    public boolean isCpu() {
        return !this.device.isGpu();
    }

    /**
     * Returns the fastest number format implemented for the device.
     * @return the precision that {@code auto} stands for
     */
    public Precision fastestPrecision() {
        return this.capabilities.fastest();
    }

    /**
     * Returns the fastest floating-point format implemented for the device.
     * @return a precision other than int8
     */
    public Precision fastestFloatingPrecision() {
        return this.capabilities.fastestFloatingPoint();
    }

    /**
     * Checks that a number format can be used here.
     * @param precision the format
     * @throws ModelException if not
     */
    public void requireSupport(Precision precision) {
        this.capabilities.require(precision);
    }

    /**
     * Returns the number formats that work here.
     * @return at least fp32
     */
    public Set<Precision> precisions() {
        return this.capabilities.precisions();
    }

    /**
     * Returns whether a number format gives the same tokens here whatever is drafted, by
     * the way it is computed; others may flip near-ties.
     * @param precision one of {@link #precisions()}
     * @return whether it promises that
     */
    public boolean promisesIdentity(Precision precision) {
        return this.capabilities.promisesIdentity(precision);
    }

    /**
     * Returns whether a number format works here, but without instructions of its own:
     * every row of a step then costs in full.
     * @param precision the format
     * @return whether it is emulated
     */
    public boolean emulates(Precision precision) {
        return this.capabilities.emulates(precision);
    }

    /**
     * Returns by what name the arithmetic of a number format goes here; results of one
     * name are the same on all machines but for rounding in floating point.
     * @param precision one of {@link #precisions()}
     * @return such as {@code fp32}, {@code int8}, {@code int8-bounded} or
     * {@code fp16-weights}
     */
    public String arithmetic(Precision precision) {
        LinearKernel kernel = linearKernel(precision);
        return (kernel.boxes() ? kernel.name() : precision.name()).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    LinearKernel linearKernel(Precision precision) {
        return this.capabilities.require(precision);
    }

    /** Returns the kernel of draft heads that read so many weights beside a model. */
    LinearKernel headsKernel(Precision precision, long weights) {
        return this.capabilities.headsKernel(precision, weights);
    }

    /**
     * Returns what this kind of device does well.
     * @return the sizes that are taken where nobody names others
     */
    public DeviceProfile profile() {
        return this.device.isGpu() ? DeviceProfile.CUDA : DeviceProfile.CPU;
    }

    /**
     * Returns the device's own memory at this moment.
     * @return all of it and what is free; empty for a CPU, and where libtorch does not
     * tell
     */
    public Optional<DeviceMemory> memory() {
        return this.device.isGpu() ? new LoadedCudaTorch().memory(this.device.getDeviceId()) : Optional.empty();
    }

    /** Returns the most rows of a forward where more would not change the result. */
    int rowLimit() {
        return profile().rowLimit();
    }

    /** Returns how many layers of a model are best prepared at a time. */
    int loadingThreads() {
        return this.device.isGpu() ? 1 : Math.min(Runtime.getRuntime().availableProcessors(), MOST_LOADING_THREADS);
    }

    /** Returns how attention is computed beside products in a number format. */
    AttentionKernel attentionKernel(Precision precision, ModelConfig config) {
        if (this.device.isGpu()) {
            return AttentionKernel.cuda(precision, config, this.flash);
        }
        if (linearKernel(precision).activations(precision) != Precision.FP32.scalarType()) {
            return AttentionKernel.of(precision, config);
        }
        boolean fbgemm = this.capabilities.precisions().stream().anyMatch((format) -> linearKernel(format).boxes());
        return AttentionKernel.independent(config, fbgemm);
    }

    /**
     * Returns what is thrown when a model can not be loaded here.
     * @param config the model
     * @param precision its number format
     * @param cause what libtorch says
     */
    ModelException loadingFailed(ModelConfig config, Precision precision, RuntimeException cause) {
        String said = String.valueOf(cause.getMessage());
        Advice advice = OutOfMemory.read(said)
            .map((full) -> full.atLoad(name(), name(precision),
                    ExpectedTensors.parameters(config) * precision.weightBytes(), shorterThan(precision)))
            .orElse(Advice.of("The model can not be loaded on " + name() + ": " + said));
        return new ModelException(advice, cause);
    }

    /** Returns the format to advise to those whose model does not fit. */
    private Optional<String> shorterThan(Precision precision) {
        Precision fastest = fastestPrecision();
        return (fastest.weightBytes() < precision.weightBytes()) ? Optional.of(name(fastest)) : Optional.empty();
    }

    /**
     * Returns what is thrown when a step fails here.
     * @param what what failed, as the start of a sentence
     * @param cause what libtorch says
     */
    ModelException stepFailed(String what, EngineException cause) {
        String said = String.valueOf(cause.getMessage());
        Advice advice = OutOfMemory.read(said)
            .map((full) -> full.inAStep(name()))
            .orElse(Advice.of(what + " failed on " + name() + ": " + said));
        return new ModelException(advice, cause);
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns a manager of memory of this device.
     * @return a manager of the PyTorch engine, which the caller closes
     */
    public NDManager newManager() {
        return TorchRuntime.engine().newBaseManager(this.device);
    }

    @Override
    public String toString() {
        return name();
    }

}
