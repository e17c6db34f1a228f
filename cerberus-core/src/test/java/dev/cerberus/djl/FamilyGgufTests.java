package dev.cerberus.djl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Every family that has a GGUF architecture, read from a GGUF file, against what Hugging
 * Face transformers computes.
 */
class FamilyGgufTests {

    private static final float TOLERANCE = 1e-4f;

    /**
     * Models that a GGUF file can not say: the converter takes 8192 for the original
     * context of Llama 3, and four for the interval of SmolLM3's layers without rotation.
     */
    private static final List<String> OTHERS = List.of("llama3", "smollm3");

    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path directory;

    static List<String> families() {
        return FamilyModel.names().stream().filter((name) -> !OTHERS.contains(name)).toList();
    }

    @ParameterizedTest
    @MethodSource("families")
    void ggufFilesHaveTheScoresOfTransformers(String name) {
        FamilyModel family = FamilyModel.of(name);
        try (DjlTargetModel model = family.loadGguf(this.directory.resolve(name + ".gguf"))) {
            float[][] scores = scores(model, family.tokens());
            for (int position = 0; position < scores.length; position++) {
                assertThat(scores[position]).as("position %d", position)
                    .containsExactly(family.logits(position), within(TOLERANCE));
            }
        }
    }

    @Test
    void layersOfSmolLm3WithoutRotationAreEveryFourth() throws IOException {
        FamilyModel family = FamilyModel.of("smollm3");
        ObjectNode json = (ObjectNode) new ObjectMapper()
            .readTree(family.directory().resolve(ModelConfig.FILE_NAME).toFile());
        json.remove(List.of("no_rope_layers", "no_rope_layer_interval", "layer_types"));
        Files.writeString(this.directory.resolve(ModelConfig.FILE_NAME), json.toString());
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(family.directory());
                DjlTargetModel expected = DjlTargetModel.load(config, checkpoint, config.maxPositions(),
                        TorchDevice.of("cpu"), Precision.FP32);
                DjlTargetModel model = family.loadGguf(this.directory.resolve("smollm3.gguf"))) {
            assertThat(scores(model, family.tokens())).isDeepEqualTo(scores(expected, family.tokens()));
        }
    }

    private static float[][] scores(DjlTargetModel model, int[] tokens) {
        float[][] scores = new float[tokens.length][];
        try (KvCache cache = model.newCache(tokens.length)) {
            for (int position = 0; position < tokens.length; position++) {
                try (NodeScores node = model.forward(cache, CandidateTree.rootOnly(tokens[position]))) {
                    scores[position] = node.logits(0);
                }
                cache.commit(new int[] { 0 });
            }
        }
        return scores;
    }

}
