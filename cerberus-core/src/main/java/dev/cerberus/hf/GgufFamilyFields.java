package dev.cerberus.hf;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Translates what only some architectures have in the metadata of a GGUF file into the
 * fields of a {@code config.json}: scales, bounds and sliding windows.
 */
/*
 * What a file leaves out is what llama.cpp assumes for the architecture. That Gemma's
 * largest models divide by the width of a query, hidden size by heads, instead of by the
 * width of a head is known by their number of layers alone.
 */
final class GgufFamilyFields {

    private static final String WINDOW = "attention.sliding_window";

    private static final String PATTERN = WINDOW + "_pattern";

    private static final String SCALE = "attention.scale";

    private static final Set<Integer> LAYERS_OF_GEMMA_27B = Set.of(46, 62);

    private static final double MINICPM_EMBEDDING_SCALE = 12;

    private static final double MINICPM_DEPTH_SCALE = 1.4;

    private static final int MINICPM_BASE = 256;

    private final GgufMetadata metadata;

    private final String prefix;

    private final ObjectNode config;

    /**
     * Creates a translator.
     * @param metadata the metadata
     * @param prefix what the keys of its architecture begin with
     * @param config where the fields go, with the sizes that all models have
     */
    GgufFamilyFields(GgufMetadata metadata, String prefix, ObjectNode config) {
        this.metadata = metadata;
        this.prefix = prefix;
        this.config = config;
    }

    /** Returns whether a file states a sliding window. */
    static boolean hasWindow(GgufMetadata metadata, String prefix) {
        return metadata.integer(prefix + WINDOW).orElse(0) > 0;
    }

    /** Writes the fields. */
    void write(GgufArchitecture architecture) {
        window(architecture);
        switch (architecture) {
            case GRANITE -> {
                scale("attention_multiplier", number(SCALE));
                scale("embedding_multiplier", number("embedding_scale"));
                scale("residual_multiplier", number("residual_scale"));
                scale("logits_scaling", number("logit_scale"));
            }
            case MINICPM -> miniCpm();
            case GEMMA2 -> {
                queryWidth();
                bound("attn_logit_softcapping");
                bound("final_logit_softcapping");
            }
            case GEMMA3 -> {
                queryWidth();
                bound("final_logit_softcapping");
                number("rope.freq_base_swa").ifPresent((theta) -> this.config.put("rope_local_base_freq", theta));
            }
            default -> refuseScales();
        }
    }

    private OptionalDouble number(String key) {
        return this.metadata.number(this.prefix + key);
    }

    private void scale(String field, OptionalDouble value) {
        value.ifPresent((number) -> this.config.put(field, number));
    }

    private void bound(String key) {
        scale(key, number(key));
    }

    private void refuseScales() {
        for (String scale : new String[] { "logit_scale", "embedding_scale", "residual_scale", SCALE }) {
            if (number(scale).orElse(1) != 1) {
                throw new ModelFileException(this.metadata.file(), this.prefix + scale + " is not supported",
                        "use a model without it");
            }
        }
    }

    private void miniCpm() {
        int layers = this.config.path("num_hidden_layers").intValue();
        int hidden = this.config.path("hidden_size").intValue();
        double depth = number("residual_scale").orElse(MINICPM_DEPTH_SCALE / Math.sqrt(layers)) * Math.sqrt(layers);
        double divisor = number("logit_scale").orElse((double) hidden / MINICPM_BASE);
        this.config.put("scale_emb", number("embedding_scale").orElse(MINICPM_EMBEDDING_SCALE));
        this.config.put("scale_depth", depth);
        this.config.put("dim_model_base", (int) Math.round(hidden / divisor));
    }

    private void queryWidth() {
        OptionalDouble scale = number(SCALE);
        int layers = this.config.path("num_hidden_layers").intValue();
        double share = this.config.path("hidden_size").doubleValue()
                / this.config.path("num_attention_heads").doubleValue();
        double width = LAYERS_OF_GEMMA_27B.contains(layers) ? share : this.config.path("head_dim").doubleValue();
        this.config.put("query_pre_attn_scalar", scale.isPresent() ? Math.pow(scale.getAsDouble(), -2) : width);
    }

    private void window(GgufArchitecture architecture) {
        OptionalInt window = this.metadata.integer(this.prefix + WINDOW);
        int layers = this.config.path("num_hidden_layers").intValue();
        if (window.orElse(0) == 0) {
            if (window.isPresent() || architecture == GgufArchitecture.GEMMA3) {
                // leaving it out would mean the default of the family
                this.config.putNull("sliding_window");
                layerTypes(new boolean[layers]);
            }
            return;
        }
        this.config.put("sliding_window", window.getAsInt());
        if (!this.metadata.has(this.prefix + PATTERN)) {
            return;
        }
        layerTypes(sliding(layers));
        if (architecture == GgufArchitecture.QWEN2 || architecture == GgufArchitecture.QWEN3) {
            this.config.put("use_sliding_window", true);
        }
    }

    private void layerTypes(boolean[] sliding) {
        ArrayNode types = this.config.putArray("layer_types");
        for (boolean layer : sliding) {
            types.add(layer ? "sliding_attention" : "full_attention");
        }
    }

    /** A list of layers, or every how many of them one sees everything, the last one. */
    private boolean[] sliding(int layers) {
        boolean[] sliding = this.metadata.truths(this.prefix + PATTERN);
        if (sliding.length > 0) {
            return sliding;
        }
        int period = this.metadata.integer(this.prefix + PATTERN).orElse(0);
        sliding = new boolean[layers];
        for (int layer = 0; layer < layers; layer++) {
            sliding[layer] = period < 1 || layer % period < period - 1;
        }
        return sliding;
    }

}
