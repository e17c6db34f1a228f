package dev.cerberus.hf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * How the configurations of one family of models are read: what their fields mean, and
 * what holds where one is absent. What is not overridden is Llama's.
 */
/*
 * Absent fields take the defaults of the configuration classes in Hugging Face
 * transformers; those differ by family. Most sizes have defaults there too, but a file
 * without them is damaged rather than brief, so they are required unless a family's
 * published files leave them out. A wrong guess about an optional size is caught by the
 * check of the tensor shapes.
 */
abstract class Family {

    private static final String SLIDING = "sliding_attention";

    private static final List<String> LAYER_TYPES = List.of("full_attention", SLIDING);

    private final JsonFile json;

    Family(JsonFile json) {
        this.json = json;
    }

    /** The configuration. */
    final JsonFile json() {
        return this.json;
    }

    /** A size that the model can not be without. */
    int size(String field) {
        return this.json.requiredInteger(field);
    }

    /** The number of key and value heads. */
    int keyValueHeads(int heads) {
        return this.json.integer("num_key_value_heads").orElse(heads);
    }

    /** Width of a head where none is stated, if that is no share of the whole. */
    OptionalInt defaultHeadDim() {
        return OptionalInt.empty();
    }

    double defaultRmsNormEps() {
        return 1e-6;
    }

    double defaultRopeTheta() {
        return 10_000;
    }

    /** Whether embedding and output share their weights where nothing is stated. */
    boolean tiedByDefault() {
        return false;
    }

    /** Whether query, key and value have biases. */
    boolean attentionBias() {
        return this.json.bool("attention_bias", false);
    }

    /** Whether the output projection of the attention has a bias. */
    boolean attentionOutputBias() {
        return attentionBias();
    }

    /** The token that begins a text where nothing is stated. */
    OptionalInt defaultBosToken() {
        return OptionalInt.empty();
    }

    /** The token that ends a text where nothing is stated. */
    OptionalInt defaultEosToken() {
        return OptionalInt.empty();
    }

    /** The name of the field with the activation of the feed-forward layers. */
    String activationField() {
        return "hidden_act";
    }

    /** What the model computes otherwise than Llama. */
    ModelVariant variant(FamilySizes sizes) {
        return ModelVariant.llama(sizes.headDim());
    }

    /** What differs from layer to layer. */
    List<LayerKind> layerKinds(FamilySizes sizes) {
        return Collections.nCopies(sizes.layers(), new LayerKind(rope(sizes).read()));
    }

    /** Reads how heads are rotated. */
    final RopeReader rope(FamilySizes sizes) {
        return new RopeReader(this.json, sizes, defaultRopeTheta());
    }

    /** Returns a number that scales something, 1 if it is absent. */
    final double scale(String field) {
        return this.json.number(field).orElse(1);
    }

    /**
     * Reads which layers have a sliding window.
     * @param layers number of layers
     * @param otherwise which, where {@code layer_types} does not say so
     */
    final List<Boolean> sliding(int layers, IntPredicate otherwise) {
        List<String> types = this.json.strings("layer_types");
        if (!types.isEmpty() && types.size() < layers) {
            throw this.json.invalid("the field layer_types must name " + layers + " layers, named " + types.size());
        }
        List<Boolean> sliding = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            if (!types.isEmpty() && !LAYER_TYPES.contains(types.get(layer))) {
                throw unsupported("a layer of the type " + types.get(layer) + " in layer_types",
                        "use a model of full and sliding attention");
            }
            sliding.add(types.isEmpty() ? otherwise.test(layer) : types.get(layer).equals(SLIDING));
        }
        return sliding;
    }

    /** Returns layers of two kinds. */
    static List<LayerKind> chosen(List<Boolean> second, LayerKind otherwise, LayerKind kind) {
        return second.stream().map((isSecond) -> isSecond ? kind : otherwise).toList();
    }

    final ModelFileException unsupported(String what, String action) {
        return new ModelFileException(this.json.file(), what + " is not supported", action);
    }

    /**
     * Sizes that a family's parts follow from.
     *
     * @param hiddenSize width of the residual stream
     * @param layers number of layers
     * @param heads number of query heads
     * @param headDim width of a head
     * @param maxPositions tokens the model can address
     */
    record FamilySizes(int hiddenSize, int layers, int heads, int headDim, int maxPositions) {
    }

}
