package dev.cerberus.djl;

import java.nio.file.Path;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.WeightsCache;

/**
 * A model whose sequences share a pool, as on a GPU, with kernels that a CPU has, and the
 * same model with a cache for every sequence.
 */
final class PooledModels {

    private PooledModels() {
    }

    static DjlTargetModel pooled(Path directory) {
        return load(directory, LinearKernel.ACCUMULATING, AttentionKernel.pooled(Precision.FP32, "flash_plain.py"));
    }

    static DjlTargetModel separate(Path directory) {
        return load(directory, LinearKernel.GENERAL, AttentionKernel.of(Precision.FP32, ModelConfig.read(directory)));
    }

    private static DjlTargetModel load(Path directory, LinearKernel kernel, AttentionKernel attention) {
        ModelConfig config = ModelConfig.read(directory);
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            return DjlTargetModel.load(config, checkpoint, config.maxPositions(), TorchDevice.cpu(kernel),
                    Precision.FP32, WeightsCache.none(), () -> attention);
        }
    }

}
