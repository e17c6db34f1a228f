package dev.cerberus.hf;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What Gemma 2 and 3 have in common: norms before and after everything, whose weights
 * count from one, and embeddings scaled by the root of their width.
 */
abstract class GemmaFamily extends Family {

    static final int DEFAULT_WINDOW = 4096;

    private static final int DEFAULT_QUERY_WIDTH = 256;

    GemmaFamily(JsonFile json) {
        super(json);
    }

    @Override
    int keyValueHeads(int heads) {
        return json().integer("num_key_value_heads").orElse(4);
    }

    @Override
    OptionalInt defaultHeadDim() {
        return OptionalInt.of(256);
    }

    @Override
    boolean tiedByDefault() {
        return true;
    }

    @Override
    String activationField() {
        return "hidden_activation";
    }

    /** Returns the variant with scores of attention bent below a bound. */
    final ModelVariant variant(FamilySizes sizes, OptionalDouble attentionCap, OptionalDouble logitCap) {
        double width = json().number("query_pre_attn_scalar").orElse(DEFAULT_QUERY_WIDTH);
        return ModelVariant.llama(sizes.headDim())
            .withNorms(ModelVariant.NormPlacement.BOTH, true)
            .withActivation(ModelVariant.Activation.GELU_TANH)
            .withAttention(1 / Math.sqrt(width), attentionCap)
            .withScales(Math.sqrt(sizes.hiddenSize()), 1, 1)
            .withLogitCap(logitCap);
    }

    /** Returns a bound, or its default where the field is absent; null means none. */
    final OptionalDouble cap(String field, OptionalDouble otherwise) {
        return json().mentions(field) ? json().number(field) : otherwise;
    }

    final OptionalInt window() {
        return json().mentions("sliding_window") ? json().integer("sliding_window") : OptionalInt.of(DEFAULT_WINDOW);
    }

    @Override
    OptionalInt defaultBosToken() {
        return OptionalInt.of(2);
    }

    @Override
    OptionalInt defaultEosToken() {
        return OptionalInt.of(1);
    }

}
