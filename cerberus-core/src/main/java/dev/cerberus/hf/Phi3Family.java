package dev.cerberus.hf;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * Phi-3 and Phi-4-mini: fused projections, LongRoPE, a part of each head rotated, a
 * sliding window.
 */
final class Phi3Family extends Family {

    Phi3Family(JsonFile json) {
        super(json);
    }

    @Override
    double defaultRmsNormEps() {
        return 1e-5;
    }

    @Override
    boolean attentionBias() {
        return false;
    }

    @Override
    ModelVariant variant(FamilySizes sizes) {
        return super.variant(sizes).withFusedProjections();
    }

    @Override
    List<LayerKind> layerKinds(FamilySizes sizes) {
        return Collections.nCopies(sizes.layers(),
                new LayerKind(rope(sizes).readPartial(), json().integer("sliding_window")));
    }

    @Override
    OptionalInt defaultBosToken() {
        return OptionalInt.of(1);
    }

    @Override
    OptionalInt defaultEosToken() {
        return OptionalInt.of(32_000);
    }

}
