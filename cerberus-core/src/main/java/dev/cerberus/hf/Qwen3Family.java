package dev.cerberus.hf;

import java.util.OptionalInt;

/** Qwen3, dense: every head of queries and keys is normalised. */
final class Qwen3Family extends QwenFamily {

    Qwen3Family(JsonFile json) {
        super(json);
    }

    @Override
    OptionalInt defaultHeadDim() {
        return OptionalInt.of(128);
    }

    @Override
    ModelVariant variant(FamilySizes sizes) {
        return super.variant(sizes).withQkNorm(ModelVariant.QkNorm.HEAD);
    }

}
