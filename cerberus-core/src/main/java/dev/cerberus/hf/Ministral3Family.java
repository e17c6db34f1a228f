package dev.cerberus.hf;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Ministral 3: YaRN, and queries that grow with their position. */
final class Ministral3Family extends Family {

    private static final String BETA = "llama_4_scaling_beta";

    Ministral3Family(JsonFile json) {
        super(json);
    }

    @Override
    double defaultRmsNormEps() {
        return 1e-5;
    }

    @Override
    OptionalInt defaultHeadDim() {
        return OptionalInt.of(128);
    }

    @Override
    boolean attentionBias() {
        return false;
    }

    @Override
    List<LayerKind> layerKinds(FamilySizes sizes) {
        RotaryEmbedding rotary = rope(sizes).read();
        Optional<RotaryEmbedding.QueryGrowth> growth = rope(sizes).scaling()
            .filter((scaling) -> scaling.has(BETA))
            .map((scaling) -> new RotaryEmbedding.QueryGrowth(scaling.requiredNumber(BETA),
                    scaling.requiredInteger("original_max_position_embeddings")));
        return Collections.nCopies(sizes.layers(),
                new LayerKind(new RotaryEmbedding(rotary.theta(), rotary.dims(), rotary.scaling(), growth),
                        json().integer("sliding_window")));
    }

    @Override
    OptionalInt defaultBosToken() {
        return OptionalInt.of(1);
    }

    @Override
    OptionalInt defaultEosToken() {
        return OptionalInt.of(2);
    }

}
