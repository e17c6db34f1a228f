package dev.cerberus.hf;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the tensors of a GGUF file are called in Hugging Face layout, and which of them lie
 * in another order of rows. Immutable.
 */
final class GgufNames {

    /** Factors of the rotary frequencies; part of the configuration, not a weight. */
    static final String ROPE_FACTORS = "rope_freqs.weight"; // [headDim / 2]

    /** Factors of LongRoPE beyond the original context; configuration too. */
    static final String LONG_FACTORS = "rope_factors_long.weight"; // [rotated / 2]

    /** Factors of LongRoPE within the original context; configuration too. */
    static final String SHORT_FACTORS = "rope_factors_short.weight"; // [rotated / 2]

    private static final Set<String> CONFIGURATION = Set.of(ROPE_FACTORS, LONG_FACTORS, SHORT_FACTORS);

    /** Output projection; absent when it is the embedding table. */
    static final String OUTPUT = "output.weight";

    /** Token embeddings. */
    static final String EMBEDDING = "token_embd.weight"; // [vocab, hidden]

    private static final Pattern IN_LAYER = Pattern.compile("blk\\.(\\d{1,9})\\.(.+)\\.(weight|bias)");

    private static final Map<String, String> OUTSIDE = Map.of(EMBEDDING, WeightNames.EMBEDDING, "output_norm.weight",
            WeightNames.FINAL_NORM, OUTPUT, WeightNames.OUTPUT);

    /** Names without {@code .weight} or {@code .bias}. */
    private static final Map<String, String> WITHIN = Map.ofEntries(Map.entry("attn_norm", "input_layernorm"),
            Map.entry("post_attention_norm", "post_attention_layernorm"),
            Map.entry("post_ffw_norm", "post_feedforward_layernorm"), Map.entry("attn_q", WeightNames.QUERY),
            Map.entry("attn_k", WeightNames.KEY), Map.entry("attn_v", WeightNames.VALUE),
            Map.entry("attn_qkv", WeightNames.QKV), Map.entry("attn_output", WeightNames.ATTENTION_OUTPUT),
            Map.entry("attn_q_norm", "self_attn.q_norm"), Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("ffn_gate", "mlp.gate_proj"), Map.entry("ffn_down", "mlp.down_proj"));

    private final GgufArchitecture architecture;

    private final int queryHeads;

    private final int keyHeads;

    private GgufNames(GgufArchitecture architecture, int queryHeads, int keyHeads) {
        this.architecture = architecture;
        this.queryHeads = queryHeads;
        this.keyHeads = keyHeads;
    }

    static GgufNames of(GgufFile file) {
        GgufConfig config = GgufConfig.of(file);
        GgufArchitecture architecture = config.architecture();
        return architecture.interleaved() ? new GgufNames(architecture, config.heads(), config.keyValueHeads())
                : new GgufNames(architecture, 0, 0);
    }

    /** Whether a tensor says how to compute rather than being a weight. */
    boolean isConfiguration(String name) {
        return CONFIGURATION.contains(name);
    }

    /**
     * The Hugging Face name of a tensor; one that no supported model has keeps its name
     * within its layer.
     */
    String translate(String name) {
        Matcher layer = IN_LAYER.matcher(name);
        if (!layer.matches()) {
            return OUTSIDE.getOrDefault(name, name);
        }
        return WeightNames.inLayer(Integer.parseInt(layer.group(1)), within(layer.group(2)) + "." + layer.group(3));
    }

    private String within(String name) {
        return switch (name) {
            case "ffn_norm" ->
                this.architecture.normsAround() ? "pre_feedforward_layernorm" : "post_attention_layernorm";
            case "ffn_up" -> this.architecture.fused() ? "mlp.gate_up_proj" : "mlp.up_proj";
            default -> WITHIN.getOrDefault(name, name);
        };
    }

    /**
     * How many heads the rows of a tensor belong to, if the halves of each head lie
     * interleaved in the file; else 0.
     */
    int interleavedHeads(String name) {
        Matcher layer = IN_LAYER.matcher(name);
        if (!layer.matches()) {
            return 0;
        }
        return switch (layer.group(2)) {
            case "attn_q" -> this.queryHeads;
            case "attn_k" -> this.keyHeads;
            default -> 0;
        };
    }

}
