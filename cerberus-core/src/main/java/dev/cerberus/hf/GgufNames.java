package dev.cerberus.hf;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the tensors of a GGUF file are called in Hugging Face layout, and which of them lie
 * in another order of rows. Immutable.
 */
final class GgufNames {

    /** Factors of the rotary frequencies; part of the configuration, not a weight. */
    static final String ROPE_FACTORS = "rope_freqs.weight"; // [headDim / 2]

    /** Output projection; absent when it is the embedding table. */
    static final String OUTPUT = "output.weight";

    /** Token embeddings. */
    static final String EMBEDDING = "token_embd.weight"; // [vocab, hidden]

    private static final Pattern IN_LAYER = Pattern.compile("blk\\.(\\d{1,9})\\.(.+)\\.(weight|bias)");

    private static final Map<String, String> OUTSIDE = Map.of(EMBEDDING, WeightNames.EMBEDDING, "output_norm.weight",
            WeightNames.FINAL_NORM, OUTPUT, WeightNames.OUTPUT);

    private static final Map<String, String> WITHIN = new HashMap<>(
            Map.of("attn_norm", "input_layernorm", "ffn_norm", "post_attention_layernorm", "attn_q", WeightNames.QUERY,
                    "attn_k", WeightNames.KEY, "attn_v", WeightNames.VALUE, "attn_output", WeightNames.ATTENTION_OUTPUT,
                    "attn_q_norm", "self_attn.q_norm", "attn_k_norm", "self_attn.k_norm"));

    static {
        WITHIN.putAll(Map.of("ffn_gate", "mlp.gate_proj", "ffn_up", "mlp.up_proj", "ffn_down", "mlp.down_proj"));
    }

    private final int queryHeads;

    private final int keyHeads;

    private GgufNames(int queryHeads, int keyHeads) {
        this.queryHeads = queryHeads;
        this.keyHeads = keyHeads;
    }

    static GgufNames of(GgufFile file) {
        GgufConfig config = GgufConfig.of(file);
        return config.interleaved() ? new GgufNames(config.heads(), config.keyValueHeads()) : new GgufNames(0, 0);
    }

    /** Whether a tensor says how to compute rather than being a weight. */
    boolean isConfiguration(String name) {
        return name.equals(ROPE_FACTORS);
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
        return WeightNames.inLayer(Integer.parseInt(layer.group(1)),
                WITHIN.getOrDefault(layer.group(2), layer.group(2)) + "." + layer.group(3));
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
