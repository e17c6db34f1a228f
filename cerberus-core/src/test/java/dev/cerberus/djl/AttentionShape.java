package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import dev.cerberus.hf.ModelConfig;
import dev.cerberus.testing.TinyModels;

/**
 * The widths of a small model with a long context.
 *
 * @param keyValueHeads heads of keys and values
 * @param group query heads that share one of them
 * @param headDim width of a head
 * @param hidden width of the residual stream
 * @param intermediate width inside a feed-forward layer
 */
record AttentionShape(int keyValueHeads, int group, int headDim, int hidden, int intermediate) {

    private static final int CONTEXT = 2560;

    /** Every usual group, odd numbers of heads, and widths that no vector divides. */
    static List<AttentionShape> all() {
        return List.of(new AttentionShape(3, 1, 8, 36, 44), new AttentionShape(1, 1, 16, 24, 33),
                new AttentionShape(2, 2, 16, 32, 48), new AttentionShape(3, 3, 64, 72, 96),
                new AttentionShape(1, 4, 32, 45, 40), new AttentionShape(2, 7, 24, 56, 64),
                new AttentionShape(1, 8, 16, 64, 72), new AttentionShape(5, 3, 8, 30, 50));
    }

    /** Writes a model with random weights; returns the directory. */
    Path write(Path directory) {
        return TinyModels.writeConfigured(String.format(Locale.ROOT, """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": 2, "num_attention_heads": %d,
                 "num_key_value_heads": %d, "head_dim": %d, "vocab_size": 97, "max_position_embeddings": %d,
                 "rms_norm_eps": 1e-5, "hidden_act": "silu", "rope_theta": 10000.0, "tie_word_embeddings": true}
                """, this.hidden, this.intermediate, this.keyValueHeads * this.group, this.keyValueHeads, this.headDim,
                CONTEXT), directory);
    }

    ModelConfig config(Path directory) {
        return ModelConfig.read(write(directory));
    }

}
