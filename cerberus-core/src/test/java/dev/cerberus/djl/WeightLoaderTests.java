package dev.cerberus.djl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.WeightsCache;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WeightLoaderTests {

    private final Queue<IValue> open = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path directory;

    @Test
    void matricesOfALayerThatFailsAreClosed() throws IOException {
        TinyModels.write("llama", this.directory);
        rename("model.layers.0.mlp.down_proj.weight", "model.layers.0.mlp.down_prox.weight");
        assertThatThrownBy(this::load).hasMessageContaining("model.layers.0.mlp.down_proj.weight");
        // the vocabulary's, and what comes before in the layer
        assertThat(this.open).hasSizeGreaterThanOrEqualTo(4).allMatch(IValue::isReleased);
    }

    @Test
    void matricesAreClosedOnceTheWeightsHoldThem() {
        TinyModels.write("llama", this.directory);
        load();
        assertThat(this.open).hasSize(1 + 3 * 4).allMatch(IValue::isReleased);
    }

    private void rename(String tensor, String other) throws IOException {
        Path file = this.directory.resolve(Checkpoint.SINGLE_FILE_NAME);
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains(tensor);
        Files.writeString(file, bytes.replace(tensor, other), StandardCharsets.ISO_8859_1);
    }

    private void load() {
        ModelConfig config = ModelConfig.read(this.directory);
        TorchDevice device = TorchDevice.of("cpu");
        LinearKernel kernel = device.linearKernel(Precision.FP32);
        try (NDManager manager = device.newManager();
                Checkpoint checkpoint = Checkpoint.open(this.directory);
                RoundedMatrices matrices = RoundedMatrices.of(WeightsCache.none(), checkpoint, config, kernel)) {
            WeightLoader.load(checkpoint, config, Precision.FP32, kernel, matrices, this.open, manager, 1).close();
        }
    }

}
