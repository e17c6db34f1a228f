package dev.cerberus.hf;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ExpectedTensorsTests {

    @TempDir
    Path directory;

    private static ModelConfig config(ObjectNode json) {
        return ModelConfig.parse(json.toString(), Path.of("config.json"));
    }

    private static ModelConfig config(Architecture architecture) {
        return config(TestModels.config(architecture));
    }

    private void check(ModelConfig config, SafetensorsWriter writer) {
        writer.write(this.directory.resolve("model.safetensors"));
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            ExpectedTensors.check(config, checkpoint);
        }
    }

    private void assertRefused(ModelConfig config, SafetensorsWriter writer, String... parts) {
        assertThatExceptionOfType(ModelFileException.class).isThrownBy(() -> check(config, writer))
            .withMessageContainingAll(parts);
    }

    private static Map<String, List<Long>> expected(ModelConfig config) {
        return new LinkedHashMap<>(ExpectedTensors.of(config));
    }

    @ParameterizedTest
    @EnumSource
    void checkWhenEveryTensorIsThereAccepts(Architecture architecture) {
        check(config(architecture), TestModels.weights(expected(config(architecture))));
    }

    @Test
    void qwen2HasBiasesOnQueryKeyAndValueOnly() {
        assertThat(expected(config(Architecture.QWEN2)).keySet()).filteredOn((name) -> name.endsWith(".bias"))
            .filteredOn((name) -> name.contains(".0."))
            .containsExactly("model.layers.0.self_attn.q_proj.bias", "model.layers.0.self_attn.k_proj.bias",
                    "model.layers.0.self_attn.v_proj.bias");
    }

    @Test
    void llamaWithAttentionBiasHasOneOnTheOutputToo() {
        ModelConfig config = config(TestModels.config(Architecture.LLAMA).put("attention_bias", true));
        assertThat(expected(config)).containsEntry("model.layers.1.self_attn.o_proj.bias", List.of(8L))
            .containsEntry("model.layers.1.self_attn.k_proj.bias", List.of(4L));
    }

    @Test
    void qwen3NormalisesQueriesAndKeysPerHead() {
        assertThat(expected(config(Architecture.QWEN3)))
            .containsEntry("model.layers.0.self_attn.q_norm.weight", List.of(2L))
            .containsEntry("model.layers.0.self_attn.k_norm.weight", List.of(2L));
    }

    @Test
    void tiedModelNeedsNoOutputProjection() {
        ModelConfig tied = config(TestModels.config(Architecture.LLAMA).put("tie_word_embeddings", true));
        assertThat(expected(tied)).doesNotContainKey("lm_head.weight");
        assertThat(expected(config(Architecture.LLAMA))).containsEntry("lm_head.weight", List.of(16L, 8L));
    }

    @Test
    void checkWhenTensorIsMissingNamesItAndItsShape() {
        ModelConfig config = config(Architecture.LLAMA);
        Map<String, List<Long>> shapes = expected(config);
        shapes.remove("model.layers.1.mlp.down_proj.weight");
        assertRefused(config, TestModels.weights(shapes),
                "lack the tensor model.layers.1.mlp.down_proj.weight of shape [8, 12]");
    }

    @Test
    void checkWhenOutputProjectionIsMissingSaysHowToTieIt() {
        ModelConfig config = config(Architecture.LLAMA);
        Map<String, List<Long>> shapes = expected(config);
        shapes.remove("lm_head.weight");
        assertRefused(config, TestModels.weights(shapes), "lm_head.weight", "set tie_word_embeddings to true");
    }

    @Test
    void checkWhenTensorHasAnotherShapeNamesBoth() {
        ModelConfig config = config(Architecture.LLAMA);
        Map<String, List<Long>> shapes = expected(config);
        shapes.put("model.layers.0.self_attn.k_proj.weight", List.of(8L, 8L));
        assertRefused(config, TestModels.weights(shapes),
                "tensor model.layers.0.self_attn.k_proj.weight should have the shape [4, 8]", "but has [8, 8]");
    }

    @Test
    void checkWhenTensorHoldsIntegersIsRefused() {
        ModelConfig config = config(Architecture.LLAMA);
        Map<String, List<Long>> shapes = expected(config);
        shapes.remove("model.norm.weight");
        SafetensorsWriter writer = TestModels.weights(shapes)
            .add("model.norm.weight", TensorType.I8, new long[] { 8 }, ByteBuffer.allocate(8));
        assertRefused(config, writer, "tensor model.norm.weight is of type I8");
    }

    @Test
    void checkWhenWeightsHoldMoreThanTheModelUsesIsRefused() {
        ModelConfig config = config(Architecture.LLAMA);
        Map<String, List<Long>> shapes = expected(config);
        shapes.put("model.layers.0.self_attn.q_proj.bias", List.of(8L));
        assertRefused(config, TestModels.weights(shapes), "hold the tensor model.layers.0.self_attn.q_proj.bias");
    }

    @Test
    void checkWhenWeightsHoldRotaryFrequenciesIgnoresThem() {
        ModelConfig config = config(Architecture.LLAMA);
        Map<String, List<Long>> shapes = expected(config);
        shapes.put("model.layers.0.self_attn.rotary_emb.inv_freq", List.of(1L));
        check(config, TestModels.weights(shapes));
    }

}
