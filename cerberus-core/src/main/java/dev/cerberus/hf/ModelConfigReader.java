package dev.cerberus.hf;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Translates the dialects of {@code config.json} into a {@link ModelConfig}. */
final class ModelConfigReader {

    /*
     * Absent fields take the defaults of the configuration classes in Hugging Face
     * transformers; those differ by architecture. The sizes have defaults there too, but
     * a file without them is damaged rather than brief, so they are required here. A
     * wrong guess about an optional size is caught by the check of the tensor shapes.
     */

    private static final double DEFAULT_RMS_NORM_EPS = 1e-6;

    private static final double DEFAULT_ROPE_THETA = 10_000;

    private static final int DEFAULT_MISTRAL_WINDOW = 4096;

    private static final int DEFAULT_QWEN_WINDOW = 4096;

    private static final int DEFAULT_QWEN_FULL_LAYERS = 28;

    private static final int DEFAULT_QWEN3_HEAD_DIM = 128;

    private final JsonFile json;

    private final Architecture architecture;

    private ModelConfigReader(JsonFile json) {
        this.json = json;
        this.architecture = architecture(json);
    }

    static ModelConfig read(JsonFile json) {
        return new ModelConfigReader(json).read();
    }

    private static Architecture architecture(JsonFile json) {
        List<String> names = json.strings("architectures");
        Optional<String> modelType = json.string("model_type");
        String found;
        Optional<Architecture> architecture;
        if (!names.isEmpty()) {
            found = "the architecture " + names.get(0);
            architecture = Architecture.ofClassName(names.get(0));
        }
        else if (modelType.isPresent()) {
            found = "the model_type " + modelType.get();
            architecture = Architecture.ofModelType(modelType.get());
        }
        else {
            found = "a model without architectures and model_type";
            architecture = Optional.empty();
        }
        return architecture.orElseThrow(() -> new ModelFileException(json.file(), found + " is not supported",
                "use a model of one of " + Architecture.supported()));
    }

    private ModelConfig read() {
        refuseWhatIsNotImplemented();
        int hiddenSize = this.json.requiredInteger("hidden_size");
        int layers = this.json.requiredInteger("num_hidden_layers");
        int heads = this.json.requiredInteger("num_attention_heads");
        int vocabularySize = this.json.requiredInteger("vocab_size");
        Optional<JsonFile> rope = rope();
        try {
            return new ModelConfig(this.architecture, hiddenSize, this.json.requiredInteger("intermediate_size"),
                    layers, heads, this.json.integer("num_key_value_heads").orElse(heads), headDim(hiddenSize, heads),
                    vocabularySize, this.json.requiredInteger("max_position_embeddings"),
                    this.json.number("rms_norm_eps").orElse(DEFAULT_RMS_NORM_EPS), ropeTheta(rope), ropeScaling(rope),
                    this.json.bool("tie_word_embeddings", false), attentionBias(), attentionOutputBias(),
                    slidingWindow(layers), bosTokenId(vocabularySize), eosTokenIds(vocabularySize), dtype());
        }
        catch (IllegalArgumentException ex) {
            throw this.json.invalid(String.valueOf(ex.getMessage()), ex);
        }
    }

    private void refuseWhatIsNotImplemented() {
        String activation = this.json.string("hidden_act").orElse("silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw unsupported("hidden_act " + activation, "use a model with hidden_act silu");
        }
        if (this.json.bool("mlp_bias", false)) {
            throw unsupported("mlp_bias true", "use a model without biases in its feed-forward layers");
        }
        if (this.json.has("quantization_config")) {
            throw unsupported("a quantization_config", "use the unquantized model stored as F32, F16 or BF16");
        }
        if (this.json.number("partial_rotary_factor").orElse(1) != 1) {
            throw unsupported("partial_rotary_factor " + this.json.node("partial_rotary_factor"),
                    "use a model that rotates whole heads");
        }
    }

    private ModelFileException unsupported(String what, String action) {
        return new ModelFileException(this.json.file(), what + " is not supported", action);
    }

    private int headDim(int hiddenSize, int heads) {
        OptionalInt stated = this.json.integer("head_dim");
        if (stated.isPresent()) {
            return stated.getAsInt();
        }
        if (this.architecture == Architecture.QWEN3) {
            return DEFAULT_QWEN3_HEAD_DIM;
        }
        if (hiddenSize < 1 || heads < 1) {
            return 2; // the sizes themselves are reported
        }
        if (hiddenSize % heads != 0) {
            throw this.json.invalid("hidden_size (" + hiddenSize + ") must be a multiple of num_attention_heads ("
                    + heads + ") when there is no head_dim");
        }
        return hiddenSize / heads;
    }

    /*
     * transformers 4 writes rope_theta and rope_scaling, transformers 5 one object
     * rope_parameters for both.
     */
    private Optional<JsonFile> rope() {
        return this.json.object("rope_scaling").or(() -> this.json.object("rope_parameters"));
    }

    private double ropeTheta(Optional<JsonFile> rope) {
        if (rope.isPresent() && rope.get().has("rope_theta")) {
            return rope.get().requiredNumber("rope_theta");
        }
        Optional<JsonFile> parameters = this.json.object("rope_parameters");
        if (parameters.isPresent() && parameters.get().has("rope_theta")) {
            return parameters.get().requiredNumber("rope_theta");
        }
        return this.json.number("rope_theta").orElse(DEFAULT_ROPE_THETA);
    }

    private RopeScaling ropeScaling(Optional<JsonFile> rope) {
        if (rope.isEmpty()) {
            return new RopeScaling.None();
        }
        JsonFile scaling = rope.get();
        if (scaling.node("full_attention").isObject() || scaling.node("sliding_attention").isObject()) {
            throw unsupported("rope_parameters that differ by layer", "use a model with the same ones in all layers");
        }
        if (scaling.number("partial_rotary_factor").orElse(1) != 1) {
            throw unsupported("partial_rotary_factor " + scaling.node("partial_rotary_factor"),
                    "use a model that rotates whole heads");
        }
        String type = scaling.string("rope_type").or(() -> scaling.string("type")).orElse("default");
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(scaling.requiredNumber("factor"));
            case "llama3" -> new RopeScaling.Llama3(scaling.requiredNumber("factor"),
                    scaling.requiredNumber("low_freq_factor"), scaling.requiredNumber("high_freq_factor"),
                    scaling.requiredInteger("original_max_position_embeddings"));
            default -> throw unsupported("the rope_type " + type,
                    "use a model with one of default, linear, llama3, or, for short texts, remove the scaling from "
                            + "the file; max_position_embeddings must then be what the model was trained with first, "
                            + scaling.integer("original_max_position_embeddings")
                                .stream()
                                .mapToObj((tokens) -> "here " + tokens)
                                .findFirst()
                                .orElse("its original_max_position_embeddings"));
        };
    }

    private boolean attentionBias() {
        return switch (this.architecture) {
            case LLAMA, QWEN3 -> this.json.bool("attention_bias", false);
            case MISTRAL -> false;
            case QWEN2 -> true;
        };
    }

    private boolean attentionOutputBias() {
        return this.architecture != Architecture.QWEN2 && attentionBias();
    }

    private OptionalInt slidingWindow(int layers) {
        return switch (this.architecture) {
            case LLAMA -> OptionalInt.empty();
            case MISTRAL -> this.json.mentions("sliding_window") ? this.json.integer("sliding_window")
                    : OptionalInt.of(DEFAULT_MISTRAL_WINDOW);
            case QWEN2, QWEN3 -> qwenWindow(layers);
        };
    }

    private OptionalInt qwenWindow(int layers) {
        if (!this.json.bool("use_sliding_window", false)) {
            return OptionalInt.empty();
        }
        List<String> layerTypes = this.json.strings("layer_types");
        boolean used = layerTypes.isEmpty()
                ? this.json.integer("max_window_layers").orElse(DEFAULT_QWEN_FULL_LAYERS) < layers
                : layerTypes.stream().anyMatch((type) -> !type.equals("full_attention"));
        if (!used) {
            return OptionalInt.empty();
        }
        return this.json.mentions("sliding_window") ? this.json.integer("sliding_window")
                : OptionalInt.of(DEFAULT_QWEN_WINDOW);
    }

    private OptionalInt bosTokenId(int vocabularySize) {
        if (this.json.mentions("bos_token_id") || !hasDefaultTokens(vocabularySize)) {
            return this.json.integer("bos_token_id");
        }
        return OptionalInt.of(1);
    }

    private List<Integer> eosTokenIds(int vocabularySize) {
        if (this.json.mentions("eos_token_id") || !hasDefaultTokens(vocabularySize)) {
            return this.json.integers("eos_token_id");
        }
        return List.of(2);
    }

    private boolean hasDefaultTokens(int vocabularySize) {
        return (this.architecture == Architecture.LLAMA || this.architecture == Architecture.MISTRAL)
                && vocabularySize > 2;
    }

    private Optional<TensorType> dtype() {
        return this.json.string("dtype").or(() -> this.json.string("torch_dtype")).flatMap(TensorType::ofTorch);
    }

}
