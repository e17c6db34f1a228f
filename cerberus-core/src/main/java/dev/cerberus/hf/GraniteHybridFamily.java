package dev.cerberus.hf;

import java.util.Collections;
import java.util.List;

/**
 * Granite 4.0, dense: Granite by the class of its mixtures of experts and state spaces,
 * where there are none of either.
 */
final class GraniteHybridFamily extends GraniteFamily {

    private static final List<String> ATTENTION = List.of("attention", "full_attention");

    private static final int DEFAULT_EXPERTS = 8;

    GraniteHybridFamily(JsonFile json) {
        super(json);
    }

    @Override
    int size(String field) {
        return super.size(field.equals("intermediate_size") ? "shared_intermediate_size" : field);
    }

    @Override
    ModelVariant variant(FamilySizes sizes) {
        return super.variant(sizes).withFusedGateUp();
    }

    @Override
    List<LayerKind> layerKinds(FamilySizes sizes) {
        if (json().integer("num_local_experts").orElse(DEFAULT_EXPERTS) > 0) {
            throw unsupported("a mixture of experts", "use a dense model");
        }
        List<String> types = json().strings("layer_types");
        // transformers takes a list that is absent for layers with state spaces
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String type = (layer < types.size()) ? types.get(layer) : "mamba";
            if (!ATTENTION.contains(type)) {
                throw unsupported("a layer of the type " + type + " in layer_types",
                        "use a model whose layers are all of the type attention");
            }
        }
        boolean rotates = json().string("position_embedding_type").filter("rope"::equals).isPresent();
        return Collections.nCopies(sizes.layers(),
                new LayerKind(rotates ? rope(sizes).read() : RotaryEmbedding.none()));
    }

}
