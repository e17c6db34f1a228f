package dev.cerberus.djl;

import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.WeightsCache;

/**
 * The number formats that promise that a row's bits do not depend on what goes with it,
 * each with a kernel that keeps the promise.
 */
enum ExactFormat {

    FP32(Precision.FP32, LinearKernel.PACKED, "libtorch on this machine has no oneDNN"),

    FP16(Precision.FP16, LinearKernel.FP16_WEIGHTS, "this is no x86 CPU with AVX2, or libtorch has no FBGEMM"),

    INT8(Precision.INT8, LinearKernel.INT8,
            "this CPU does not add products of 8-bit integers in 32 bits (no VNNI), or libtorch has no FBGEMM"),

    INT8_BOUNDED(Precision.INT8, LinearKernel.INT8_BOUNDED, "this is no x86 CPU with AVX2, or libtorch has no FBGEMM");

    private final Precision precision;

    private final LinearKernel kernel;

    private final String lack;

    ExactFormat(Precision precision, LinearKernel kernel, String lack) {
        this.precision = precision;
        this.kernel = kernel;
        this.lack = lack;
    }

    LinearKernel kernel() {
        return this.kernel;
    }

    /**
     * Returns the most rows of a call for which the promise holds: oneDNN multiplies more
     * of them in another order.
     */
    int mostRows() {
        return (this == FP32) ? 64 : Integer.MAX_VALUE;
    }

    /** Returns whether this machine can compute in the format. */
    boolean works() {
        if (this.kernel.quantized()) {
            return TorchDevice.isExact(this.kernel);
        }
        TorchDevice cpu = TorchDevice.of("cpu");
        return cpu.precisions().contains(this.precision) && cpu.linearKernel(this.precision) == this.kernel;
    }

    /** Returns the CPU with the kernel, or skips the test. */
    TorchDevice device() {
        Assumptions.assumeTrue(works(), () -> "skipped " + this + ": " + this.lack);
        return TorchDevice.cpu(this.kernel);
    }

    /** Loads the model in a directory, or skips the test; the caller closes it. */
    DjlTargetModel load(Path directory) {
        TorchDevice device = device();
        return load(directory, device, device.attentionKernel(this.precision, ModelConfig.read(directory)));
    }

    /**
     * Loads the model in a directory with rows of their own computed by sums of rows of
     * tables, or skips the test; the caller closes it.
     */
    DjlTargetModel loadInBags(Path directory) {
        TorchDevice device = device();
        AttentionKernel kernel = AttentionKernel.independent(ModelConfig.read(directory), INT8_BOUNDED.works());
        Assumptions.assumeTrue(kernel.bags() != AttentionKernel.Bags.NEVER,
                "skipped: bags of embeddings do not add here as products do");
        return load(directory, device, kernel.with(AttentionKernel.Bags.ALWAYS));
    }

    private DjlTargetModel load(Path directory, TorchDevice device, AttentionKernel kernel) {
        ModelConfig config = ModelConfig.read(directory);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return DjlTargetModel.load(config, checkpoint, config.maxPositions(), device, this.precision,
                    WeightsCache.none(), () -> kernel);
        }
    }

}
