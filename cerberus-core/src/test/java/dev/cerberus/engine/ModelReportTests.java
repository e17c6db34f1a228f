package dev.cerberus.engine;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.hf.ModelConfig;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;

class ModelReportTests {

    private static final String TIED = """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 32,
             "intermediate_size": 48, "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2,
             "vocab_size": 97, "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "hidden_act": "silu",
             "tie_word_embeddings": true, "rope_theta": 10000.0}
            """;

    @Test
    void aMatrixThatIsEmbeddingAndOutputIsTwiceInMemoryOnACpuOnly(@TempDir Path directory) {
        ModelConfig config = ModelConfig.read(TinyModels.writeConfigured(TIED, directory));
        long embedding = (long) config.vocabularySize() * config.hiddenSize();
        assertThat(ModelReport.weightBytes(config, 1000, "fp16", false)).isEqualTo(2000);
        assertThat(ModelReport.weightBytes(config, 1000, "fp16", true)).isEqualTo(2000 + 2 * embedding);
        assertThat(ModelReport.weightBytes(config, 1000, "bf16", true)).isEqualTo(2000);
    }

}
