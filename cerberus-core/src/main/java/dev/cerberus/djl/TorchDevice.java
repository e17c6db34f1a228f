package dev.cerberus.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

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

    /*
     * CPUs without VNNI add products of 8 bits in pairs of 16 bits, which the largest
     * numbers overflow; there the product of ones with themselves is too small.
     */
    private static final String INT8_PROBE = """
              def exact(self: __torch__.M) -> bool:
                ones = torch.ones([64, 64])
                y = (self).product(ones, %s)
                return torch.lt(torch.item(torch.max(torch.abs(torch.sub(y, 64.)))), 0.01)
            """;

    private final Device device;

    private final boolean packedLinear;

    private final boolean nativeBf16;

    private final boolean exactInt8;

    private TorchDevice(Device device, boolean packedLinear, boolean nativeBf16, boolean exactInt8) {
        this.device = device;
        this.packedLinear = packedLinear;
        this.nativeBf16 = nativeBf16;
        this.exactInt8 = exactInt8;
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
            return new TorchDevice(Device.gpu(0), false, true, false);
        }
        if (!name.matches("cuda(:\\d{1,3})?")) {
            throw new ModelException("device must be auto, cpu, cuda or cuda:N, was '" + name + "'");
        }
        int index = name.equals("cuda") ? 0 : Integer.parseInt(name.substring(5));
        if (index >= gpus) {
            throw new ModelException("device '" + name + "' is not there: PyTorch " + engine.getVersion() + " sees "
                    + gpus + " CUDA devices; use auto or cpu, or install a CUDA build of libtorch");
        }
        return new TorchDevice(Device.gpu(index), false, true, false);
    }

    /** Returns the CPU with a given way of multiplying, which must be available. */
    static TorchDevice cpu(LinearKernel kernel) {
        TorchDevice cpu = cpu();
        return new TorchDevice(Device.cpu(), kernel == LinearKernel.PACKED, cpu.nativeBf16, cpu.exactInt8);
    }

    private static TorchDevice cpu() {
        boolean packed = can(CPU_FEATURES, "packed"); // not on a build without oneDNN,
                                                      // such as macOS on ARM
        boolean int8 = can(LinearKernel.QUANTIZED.methods() + INT8_PROBE.formatted(LinearKernel.QUANTIZED.pack("ones")),
                "exact");
        return new TorchDevice(Device.cpu(), packed, packed && can(CPU_FEATURES, "bf16"), int8);
    }

    private static boolean can(String features, String question) {
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.cpu());
                ScriptModule probe = ScriptModule.load(manager, features);
                IValue answer = probe.call(question)) {
            return answer.toBoolean();
        }
        catch (IllegalArgumentException | EngineException ex) {
            return false; // this build of libtorch does not have the operator
        }
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
        return this.exactInt8 ? Precision.INT8 : fastestFloatingPrecision();
    }

    /**
     * Returns the fastest floating-point format implemented for the device.
     * @return a precision other than int8
     */
    public Precision fastestFloatingPrecision() {
        return this.nativeBf16 ? Precision.BF16 : Precision.FP32;
    }

    /**
     * Checks that a number format can be used here.
     * @param precision the format
     * @throws ModelException if not
     */
    public void requireSupport(Precision precision) {
        if (precision == Precision.FP16 && !this.device.isGpu()) {
            throw new ModelException("precision fp16 needs a CUDA device; use int8, bf16 or fp32 on the CPU");
        }
        if (precision == Precision.INT8 && !this.exactInt8) {
            throw new ModelException("precision int8 needs an x86 CPU with VNNI instructions and a libtorch build with "
                    + "FBGEMM, which " + name() + " is not; use bf16 or fp32, or leave it to auto");
        }
    }

    LinearKernel linearKernel(Precision precision) {
        return (precision == Precision.INT8) ? LinearKernel.QUANTIZED
                : this.packedLinear ? LinearKernel.PACKED : LinearKernel.GENERAL;
    }

    NDManager newManager() {
        return TorchRuntime.engine().newBaseManager(this.device);
    }

    @Override
    public String toString() {
        return name();
    }

}
