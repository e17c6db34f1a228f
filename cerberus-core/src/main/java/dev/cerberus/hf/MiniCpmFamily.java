package dev.cerberus.hf;

import java.util.OptionalInt;

/** MiniCPM: embeddings, residuals and scores are scaled, the last two by sizes. */
final class MiniCpmFamily extends Family {

    MiniCpmFamily(JsonFile json) {
        super(json);
    }

    @Override
    boolean tiedByDefault() {
        return true;
    }

    @Override
    ModelVariant variant(FamilySizes sizes) {
        int base = json().integer("dim_model_base").orElse(1);
        if (base < 1) {
            throw json().invalid("dim_model_base must be at least 1, was " + base);
        }
        return super.variant(sizes).withScales(scale("scale_emb"), scale("scale_depth") / Math.sqrt(sizes.layers()),
                (double) base / sizes.hiddenSize());
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
