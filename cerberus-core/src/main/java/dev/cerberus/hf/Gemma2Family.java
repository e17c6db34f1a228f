package dev.cerberus.hf;

import java.util.List;
import java.util.OptionalDouble;

/** Gemma 2: bounded scores, a sliding window in every other layer. */
final class Gemma2Family extends GemmaFamily {

    private static final double DEFAULT_ATTENTION_CAP = 50;

    private static final double DEFAULT_LOGIT_CAP = 30;

    Gemma2Family(JsonFile json) {
        super(json);
    }

    @Override
    ModelVariant variant(FamilySizes sizes) {
        return variant(sizes, cap("attn_logit_softcapping", OptionalDouble.of(DEFAULT_ATTENTION_CAP)),
                cap("final_logit_softcapping", OptionalDouble.of(DEFAULT_LOGIT_CAP)));
    }

    @Override
    List<LayerKind> layerKinds(FamilySizes sizes) {
        RotaryEmbedding rotary = rope(sizes).read();
        return chosen(sliding(sizes.layers(), (layer) -> layer % 2 == 0), new LayerKind(rotary),
                new LayerKind(rotary, window()));
    }

}
