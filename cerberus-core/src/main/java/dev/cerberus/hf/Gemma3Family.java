package dev.cerberus.hf;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Gemma 3: every head of queries and keys is normalised, five layers of six have a
 * sliding window and a rotation of their own.
 */
final class Gemma3Family extends GemmaFamily {

    private static final int DEFAULT_PATTERN = 6;

    private static final double DEFAULT_GLOBAL_THETA = 1_000_000;

    private static final double DEFAULT_LOCAL_THETA = 10_000;

    /** What published configurations of the larger models leave out. */
    private static final Map<String, Integer> DEFAULT_SIZES = Map.of("num_attention_heads", 8, "vocab_size", 262_208,
            "max_position_embeddings", 131_072);

    Gemma3Family(JsonFile json) {
        super(json);
    }

    @Override
    int size(String field) {
        Integer size = DEFAULT_SIZES.get(field);
        return (size != null) ? json().integer(field).orElse(size) : super.size(field);
    }

    @Override
    ModelVariant variant(FamilySizes sizes) {
        return variant(sizes, OptionalDouble.empty(), cap("final_logit_softcapping", OptionalDouble.empty()))
            .withQkNorm(ModelVariant.QkNorm.HEAD);
    }

    @Override
    List<LayerKind> layerKinds(FamilySizes sizes) {
        if (json().bool("use_bidirectional_attention", false)) {
            throw unsupported("use_bidirectional_attention true", "use a model that writes text");
        }
        int pattern = json().integer("sliding_window_pattern").orElse(DEFAULT_PATTERN);
        if (pattern < 1) {
            throw json().invalid("sliding_window_pattern must be at least 1, was " + pattern);
        }
        RopeReader rope = rope(sizes);
        return chosen(sliding(sizes.layers(), (layer) -> (layer + 1) % pattern != 0),
                new LayerKind(rope.read("full_attention", true, "rope_theta", DEFAULT_GLOBAL_THETA)), new LayerKind(
                        rope.read("sliding_attention", false, "rope_local_base_freq", DEFAULT_LOCAL_THETA), window()));
    }

}
