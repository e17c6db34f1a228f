package dev.cerberus.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

import dev.cerberus.model.ModelException;

/**
 * A device of the PyTorch engine, with what it can do.
 *
 * <p>
 * Immutable and thread-safe.
 */
public final class TorchDevice {

    private static final String CPU_FEATURES = """
              def packed(self: __torch__.M) -> bool:
                w = ops.mkldnn._reorder_linear_weight(torch.ones([2, 2]), 1)
                x = ops.mkldnn._linear_pointwise(torch.ones([1, 2]), w, None, "none",
                                                 annotate(List[Optional[number]], []), "")
                return torch.eq(torch.item(torch.sum(x)), 4.)
              def bf16(self: __torch__.M) -> bool:
                return ops.mkldnn._is_mkldnn_bf16_supported()
            """;

    private final Device device;

    private final boolean packedLinear;

    private final boolean nativeBf16;

    private TorchDevice(Device device, boolean packedLinear, boolean nativeBf16) {
        this.device = device;
        this.packedLinear = packedLinear;
        this.nativeBf16 = nativeBf16;
    }

    /**
     * Returns the device that a configuration value names.
     * @param name {@code auto} for CUDA if there is any, else the CPU; {@code cpu};
     * {@code cuda}; or {@code cuda:N}
     * @return the device
     * @throws ModelException if the device is not there or the name is unknown
     */
    public static TorchDevice of(String name) {
        Engine engine = TorchRuntime.engine();
        int gpus = engine.getGpuCount();
        if (name.equals("cpu") || (name.equals("auto") && gpus == 0)) {
            return cpu();
        }
        if (name.equals("auto")) {
            return new TorchDevice(Device.gpu(0), false, true);
        }
        if (!name.matches("cuda(:\\d{1,3})?")) {
            throw new ModelException("device must be auto, cpu, cuda or cuda:N, was '" + name + "'");
        }
        int index = name.equals("cuda") ? 0 : Integer.parseInt(name.substring(5));
        if (index >= gpus) {
            throw new ModelException("device '" + name + "' is not there: PyTorch " + engine.getVersion() + " sees "
                    + gpus + " CUDA devices; use auto or cpu, or install a CUDA build of libtorch");
        }
        return new TorchDevice(Device.gpu(index), false, true);
    }

    /** Returns the CPU with a given way of multiplying, which must be available. */
    static TorchDevice cpu(LinearKernel kernel) {
        return new TorchDevice(Device.cpu(), kernel == LinearKernel.PACKED, cpu().nativeBf16);
    }

    private static TorchDevice cpu() {
        boolean packed;
        boolean bf16 = false;
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.cpu());
                ScriptModule probe = ScriptModule.load(manager, CPU_FEATURES)) {
            try (var supported = probe.call("packed")) {
                packed = supported.toBoolean();
            }
            try (var supported = probe.call("bf16")) {
                bf16 = supported.toBoolean();
            }
        }
        catch (IllegalArgumentException | ai.djl.engine.EngineException ex) {
            packed = false; // a build without oneDNN, such as macOS on ARM
        }
        return new TorchDevice(Device.cpu(), packed, bf16);
    }

    /**
     * Returns the device's name as configuration writes it.
     * @return {@code cpu} or {@code cuda:N}
     */
    public String name() {
        return this.device.isGpu() ? "cuda:" + this.device.getDeviceId() : "cpu";
    }

    /**
     * Returns the fastest number format implemented for the device.
     * @return the precision that {@code auto} stands for
     */
    public Precision fastestPrecision() {
        return this.nativeBf16 ? Precision.BF16 : Precision.FP32;
    }

    /**
     * Checks that a number format can be used here.
     * @param precision the format
     * @throws ModelException if not
     */
    public void requireSupport(Precision precision) {
        if (precision == Precision.FP16 && !this.device.isGpu()) {
            throw new ModelException("precision fp16 needs a CUDA device; use bf16 or fp32 on the CPU");
        }
    }

    LinearKernel linearKernel() {
        return this.packedLinear ? LinearKernel.PACKED : LinearKernel.GENERAL;
    }

    NDManager newManager() {
        return TorchRuntime.engine().newBaseManager(this.device);
    }

    @Override
    public String toString() {
        return name();
    }

}
