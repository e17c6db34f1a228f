package dev.cerberus.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.TensorInfo;
import dev.cerberus.testing.GgufBuilder;

/**
 * Writes the models of {@link FamilyModel} as GGUF files by the conventions of
 * llama.cpp's converter.
 */
/*
 * What the format has no place for is written so that it means the same: the query width
 * of Gemma 2 goes into the queries.
 */
final class FamilyGguf {

    /** Architectures whose query and key rows are interleaved. */
    private static final Set<String> INTERLEAVED = Set.of("llama", "mistral3", "smollm3", "granite", "minicpm");

    private static final Map<String, String> ARCHITECTURES = Map.of("mistral", "llama", "ministral3", "mistral3",
            "olmo3", "olmo2", "gemma3_text", "gemma3", "granitemoehybrid", "granite");

    private static final Map<String, String> NAMES = Map.ofEntries(Map.entry("input_layernorm", "attn_norm"),
            Map.entry("pre_feedforward_layernorm", "ffn_norm"),
            Map.entry("post_feedforward_layernorm", "post_ffw_norm"), Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"), Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.qkv_proj", "attn_qkv"), Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"), Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"), Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.gate_up_proj", "ffn_up"), Map.entry("mlp.down_proj", "ffn_down"));

    private final JsonNode config;

    private final String architecture;

    private final GgufBuilder file = new GgufBuilder();

    private FamilyGguf(JsonNode config) {
        this.config = config;
        String type = config.get("model_type").textValue();
        this.architecture = ARCHITECTURES.getOrDefault(type, type);
    }

    static Path write(FamilyModel model, Path target) {
        try (Checkpoint checkpoint = Checkpoint.open(model.directory())) {
            FamilyGguf gguf = new FamilyGguf(
                    new ObjectMapper().readTree(model.directory().resolve("config.json").toFile()));
            gguf.sizes();
            gguf.fieldsOfTheFamily();
            gguf.rope();
            checkpoint.names().forEach((name) -> gguf.tensor(checkpoint, name));
            return gguf.file.write(target);
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void put(String key, Object value) {
        this.file.put(this.architecture + "." + key, value);
    }

    private int integer(String field) {
        return this.config.get(field).intValue();
    }

    private float number(String field) {
        return this.config.get(field).floatValue();
    }

    private int headDim() {
        return this.config.has("head_dim") ? integer("head_dim")
                : integer("hidden_size") / integer("num_attention_heads");
    }

    private void sizes() {
        this.file.put("general.architecture", this.architecture)
            .put("tokenizer.ggml.bos_token_id", integer("bos_token_id"))
            .put("tokenizer.ggml.eos_token_id", integer("eos_token_id"));
        put("block_count", integer("num_hidden_layers"));
        put("context_length", integer("max_position_embeddings"));
        put("embedding_length", integer("hidden_size"));
        put("feed_forward_length", feedForward());
        put("attention.head_count", integer("num_attention_heads"));
        put("attention.head_count_kv", integer("num_key_value_heads"));
        put("attention.layer_norm_rms_epsilon", number("rms_norm_eps"));
        if (this.config.has("head_dim")) {
            put("attention.key_length", headDim());
            put("attention.value_length", headDim());
        }
    }

    private int feedForward() {
        return integer(this.config.has("shared_intermediate_size") ? "shared_intermediate_size" : "intermediate_size");
    }

    private void fieldsOfTheFamily() {
        switch (this.architecture) {
            case "granite" -> {
                put("attention.scale", number("attention_multiplier"));
                put("embedding_scale", number("embedding_multiplier"));
                put("residual_scale", number("residual_multiplier"));
                put("logit_scale", number("logits_scaling"));
            }
            case "minicpm" -> {
                put("embedding_scale", number("scale_emb"));
                put("residual_scale", (float) (number("scale_depth") / Math.sqrt(integer("num_hidden_layers"))));
                put("logit_scale", number("hidden_size") / number("dim_model_base"));
            }
            case "gemma2" -> {
                put("attn_logit_softcapping", number("attn_logit_softcapping"));
                put("final_logit_softcapping", number("final_logit_softcapping"));
                put("attention.sliding_window", integer("sliding_window"));
            }
            case "gemma3" -> {
                if (this.config.has("final_logit_softcapping")) {
                    put("final_logit_softcapping", number("final_logit_softcapping"));
                }
                window();
            }
            case "phi3", "llama", "olmo2", "qwen2" -> window();
            default -> {
                // nothing that Llama does not have
            }
        }
    }

    private void window() {
        if (!this.config.hasNonNull("sliding_window")) {
            return;
        }
        put("attention.sliding_window", integer("sliding_window"));
        if (this.config.has("layer_types")) {
            List<String> types = new ObjectMapper().convertValue(this.config.get("layer_types"),
                    new ObjectMapper().getTypeFactory().constructCollectionType(List.class, String.class));
            pattern(types.stream().map("sliding_attention"::equals).toList());
        }
        else if (this.config.has("sliding_window_pattern")) {
            put("attention.sliding_window_pattern", integer("sliding_window_pattern"));
        }
        else if (this.config.has("max_window_layers")) {
            pattern(IntStream.range(0, integer("num_hidden_layers"))
                .mapToObj((layer) -> layer >= integer("max_window_layers"))
                .toList());
        }
    }

    private void pattern(List<Boolean> sliding) {
        boolean[] values = new boolean[sliding.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = sliding.get(i);
        }
        put("attention.sliding_window_pattern", values);
    }

    private void rope() {
        JsonNode parameters = this.config.path("rope_parameters");
        JsonNode scaling = this.config.hasNonNull("rope_scaling") ? this.config.get("rope_scaling") : parameters;
        JsonNode theta = parameters.path("full_attention").has("rope_theta") ? parameters.get("full_attention")
                : (parameters.has("rope_theta") ? parameters : this.config);
        put("rope.freq_base", theta.get("rope_theta").floatValue());
        JsonNode partial = scaling.has("partial_rotary_factor") ? scaling : this.config;
        int dims = (int) (headDim() * partial.path("partial_rotary_factor").asDouble(1));
        put("rope.dimension_count", dims);
        String type = scaling.has("rope_type") ? scaling.get("rope_type").textValue()
                : scaling.path("type").asText("default");
        switch (type) {
            case "linear" -> {
                put("rope.scaling.type", "linear");
                put("rope.scaling.factor", scaling.get("factor").floatValue());
            }
            case "yarn" -> yarn(scaling);
            case "longrope" -> longRope(scaling, dims);
            default -> {
                // nothing that files say
            }
        }
    }

    private void yarn(JsonNode scaling) {
        put("rope.scaling.type", "yarn");
        put("rope.scaling.factor", scaling.get("factor").floatValue());
        put("rope.scaling.original_context_length", scaling.get("original_max_position_embeddings").intValue());
        Map.of("attention_factor", "yarn_attn_factor", "beta_fast", "yarn_beta_fast", "beta_slow", "yarn_beta_slow",
                "mscale_all_dim", "yarn_log_multiplier")
            .forEach((field, key) -> {
                if (scaling.has(field)) {
                    put("rope.scaling." + key, scaling.get(field).floatValue());
                }
            });
        if (scaling.has("llama_4_scaling_beta")) {
            put("attention.temperature_scale", scaling.get("llama_4_scaling_beta").floatValue());
        }
    }

    private void longRope(JsonNode scaling, int dims) {
        int original = this.config.has("original_max_position_embeddings") ? integer("original_max_position_embeddings")
                : scaling.get("original_max_position_embeddings").intValue();
        double factor = (double) integer("max_position_embeddings") / original;
        put("rope.scaling.original_context_length", original);
        put("rope.scaling.attn_factor", (float) Math.sqrt(1 + Math.log(factor) / Math.log(original)));
        for (String kind : List.of("long", "short")) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * (dims / 2)).order(ByteOrder.LITTLE_ENDIAN);
            scaling.get(kind + "_factor").forEach((value) -> bytes.putFloat(value.floatValue()));
            this.file.tensor("rope_factors_" + kind + ".weight", 0, bytes.array(), dims / 2);
        }
    }

    private void tensor(Checkpoint checkpoint, String name) {
        TensorInfo info = checkpoint.info(name);
        ByteBuffer data = checkpoint.data(name).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[data.remaining() / Float.BYTES];
        data.asFloatBuffer().get(values);
        if (name.contains("q_proj")) {
            values = stored(values, integer("num_attention_heads"), queryFactor());
        }
        else if (name.contains("k_proj")) {
            values = stored(values, integer("num_key_value_heads"), 1);
        }
        if (this.architecture.startsWith("gemma") && name.endsWith("norm.weight")) {
            for (int i = 0; i < values.length; i++) {
                values[i] += 1;
            }
        }
        long[] dimensions = new long[info.shape().size()];
        for (int i = 0; i < dimensions.length; i++) {
            dimensions[i] = info.shape().get(dimensions.length - 1 - i);
        }
        if (this.architecture.equals("granite") && name.endsWith("gate_up_proj.weight")) {
            dimensions[1] /= 2;
            int half = values.length / 2;
            add(translated(name.replace("gate_up", "gate")), Arrays.copyOf(values, half), dimensions);
            add(translated(name), Arrays.copyOfRange(values, half, values.length), dimensions);
            return;
        }
        add(translated(name), values, dimensions);
    }

    private void add(String name, float[] values, long[] dimensions) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(FloatBuffer.wrap(values));
        this.file.tensor(name, 0, bytes.array(), dimensions);
    }

    private double queryFactor() {
        return this.config.has("query_pre_attn_scalar") ? Math.sqrt(headDim() / number("query_pre_attn_scalar")) : 1;
    }

    // rows of a head of 8 in Hugging Face layout, as they are stored: 0 4 1 5 2 6 3 7
    private float[] stored(float[] values, int heads, double factor) {
        boolean moved = INTERLEAVED.contains(this.architecture);
        int rows = heads * headDim();
        int width = values.length / rows;
        int half = headDim() / 2;
        float[] result = new float[values.length];
        for (int row = 0; row < rows; row++) {
            int within = row % headDim();
            int target = moved ? row - within + 2 * (within % half) + within / half : row;
            for (int i = 0; i < width; i++) {
                result[target * width + i] = (float) (factor * values[row * width + i]);
            }
        }
        return result;
    }

    private String translated(String name) {
        if (!name.startsWith("model.layers.")) {
            return Map
                .of("model.embed_tokens.weight", "token_embd.weight", "model.norm.weight", "output_norm.weight",
                        "lm_head.weight", "output.weight")
                .get(name);
        }
        String[] parts = name.split("\\.", 4);
        String kind = parts[3].substring(parts[3].lastIndexOf('.'));
        String module = parts[3].substring(0, parts[3].length() - kind.length());
        boolean around = this.architecture.startsWith("gemma") || this.architecture.equals("olmo2");
        String stored = module.equals("post_attention_layernorm") ? (around ? "post_attention_norm" : "ffn_norm")
                : NAMES.get(module);
        return "blk." + parts[2] + "." + stored + kind;
    }

}
