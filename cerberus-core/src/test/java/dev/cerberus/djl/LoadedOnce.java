package dev.cerberus.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A tiny model that is loaded, asked once and closed.
 */
final class LoadedOnce {

    private LoadedOnce() {
    }

    /** Fails unless a model in a number format gives finite scores. */
    static void computes(TorchDevice device, Precision precision) {
        try {
            Path directory = Files.createTempDirectory("cerberus-tiny");
            TinyModels.write("llama", directory);
            ModelConfig config = ModelConfig.read(directory);
            try (Checkpoint checkpoint = Checkpoint.open(directory);
                    DjlTargetModel model = DjlTargetModel.load(config, checkpoint, 8, device, precision);
                    KvCache cache = model.newCache(8);
                    NodeScores scores = model.prefill(cache, new int[] { 1, 2, 3 })) {
                for (float score : scores.logits(0)) {
                    assertThat(score).isFinite();
                }
            }
            finally {
                for (Path file : Files.list(directory).toList()) {
                    Files.delete(file);
                }
                Files.delete(directory);
            }
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
