package dev.cerberus.recipe.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Dimensions of a Llama model with tied embeddings and without biases.
 *
 * @param hidden width of the residual stream
 * @param layers number of transformer layers
 * @param heads number of query heads, a multiple of {@code keyValueHeads}
 * @param keyValueHeads number of key and value heads
 * @param headDimension width of one head, even
 * @param intermediate width of the feed-forward layer
 * @param vocabulary number of token ids
 * @param maxPositions highest supported sequence length
 */
public record ModelShape(int hidden, int layers, int heads, int keyValueHeads, int headDimension, int intermediate,
        int vocabulary, int maxPositions) {

    static final double ROPE_THETA = 10_000.0;

    static final double RMS_NORM_EPSILON = 1e-5;

    public ModelShape {
        requirePositive(hidden, "hidden");
        requirePositive(layers, "layers");
        requirePositive(heads, "heads");
        requirePositive(keyValueHeads, "keyValueHeads");
        requirePositive(headDimension, "headDimension");
        requirePositive(intermediate, "intermediate");
        requirePositive(vocabulary, "vocabulary");
        requirePositive(maxPositions, "maxPositions");
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException(
                    "heads must be a multiple of keyValueHeads, was " + heads + " and " + keyValueHeads);
        }
        if (headDimension % 2 != 0) {
            throw new IllegalArgumentException("headDimension must be even, was " + headDimension);
        }
    }

    private static void requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }

    /**
     * Returns the parameters by their Hugging Face names, in the order in which the
     * training program takes them: the embedding, seven matrices of every layer, two
     * norms of every layer, the last norm.
     * @return names with sizes: two numbers (rows, columns) for a matrix, one for a norm
     */
    public Map<String, List<Integer>> parameters() {
        Map<String, List<Integer>> sizes = new LinkedHashMap<>();
        sizes.put("model.embed_tokens.weight", List.of(this.vocabulary, this.hidden));
        int queries = this.heads * this.headDimension;
        int keys = this.keyValueHeads * this.headDimension;
        for (int layer = 0; layer < this.layers; layer++) {
            String prefix = "model.layers." + layer + ".";
            sizes.put(prefix + "self_attn.q_proj.weight", List.of(queries, this.hidden));
            sizes.put(prefix + "self_attn.k_proj.weight", List.of(keys, this.hidden));
            sizes.put(prefix + "self_attn.v_proj.weight", List.of(keys, this.hidden));
            sizes.put(prefix + "self_attn.o_proj.weight", List.of(this.hidden, queries));
            sizes.put(prefix + "mlp.gate_proj.weight", List.of(this.intermediate, this.hidden));
            sizes.put(prefix + "mlp.up_proj.weight", List.of(this.intermediate, this.hidden));
            sizes.put(prefix + "mlp.down_proj.weight", List.of(this.hidden, this.intermediate));
        }
        for (int layer = 0; layer < this.layers; layer++) {
            String prefix = "model.layers." + layer + ".";
            sizes.put(prefix + "input_layernorm.weight", List.of(this.hidden));
            sizes.put(prefix + "post_attention_layernorm.weight", List.of(this.hidden));
        }
        sizes.put("model.norm.weight", List.of(this.hidden));
        return sizes;
    }

    /**
     * Returns the number of parameters, the tied embedding counted once.
     * @return the parameter count
     */
    public long parameterCount() {
        return parameters().values()
            .stream()
            .mapToLong((size) -> size.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b))
            .sum();
    }

    /**
     * Returns the model description in the form of Hugging Face's {@code config.json}.
     * @param beginOfText id of the token that a text begins with
     * @param endOfText ids of the tokens that end an answer
     * @return the properties in order
     */
    public Map<String, Object> configuration(int beginOfText, List<Integer> endOfText) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("LlamaForCausalLM"));
        config.put("model_type", "llama");
        config.put("hidden_size", this.hidden);
        config.put("num_hidden_layers", this.layers);
        config.put("num_attention_heads", this.heads);
        config.put("num_key_value_heads", this.keyValueHeads);
        config.put("head_dim", this.headDimension);
        config.put("intermediate_size", this.intermediate);
        config.put("vocab_size", this.vocabulary);
        config.put("max_position_embeddings", this.maxPositions);
        config.put("rope_theta", ROPE_THETA);
        config.put("rms_norm_eps", RMS_NORM_EPSILON);
        config.put("hidden_act", "silu");
        config.put("attention_bias", false);
        config.put("attention_dropout", 0.0);
        config.put("mlp_bias", false);
        config.put("tie_word_embeddings", true);
        config.put("initializer_range", 0.02);
        config.put("pretraining_tp", 1);
        config.put("use_cache", true);
        config.put("bos_token_id", beginOfText);
        config.put("eos_token_id", (endOfText.size() == 1) ? endOfText.get(0) : new ArrayList<>(endOfText));
        config.put("torch_dtype", "bfloat16");
        return config;
    }

}
