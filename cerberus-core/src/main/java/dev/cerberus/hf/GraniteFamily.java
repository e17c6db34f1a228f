package dev.cerberus.hf;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What all dense Granite models have in common: four scales. */
abstract class GraniteFamily extends Family {

    GraniteFamily(JsonFile json) {
        super(json);
    }

    @Override
    ModelVariant variant(FamilySizes sizes) {
        return super.variant(sizes).withAttention(scale("attention_multiplier"), OptionalDouble.empty())
            .withScales(scale("embedding_multiplier"), scale("residual_multiplier"), 1 / scale("logits_scaling"));
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
