package dev.cerberus.hf;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Translates the dialects of {@code config.json} into a {@link ModelConfig}. */
final class ModelConfigReader {

    /** Models of which the part for text is one that is supported. */
    private static final Set<String> WRAPPERS = Set.of("Mistral3ForConditionalGeneration", "mistral3",
            "Gemma3ForConditionalGeneration", "gemma3");

    private static final Map<ModelVariant.Activation, List<String>> ACTIVATIONS = Map.of(ModelVariant.Activation.SILU,
            List.of("silu", "swish"), ModelVariant.Activation.GELU_TANH, List.of("gelu_pytorch_tanh"));

    private final JsonFile outer;

    private final JsonFile json;

    private final Architecture architecture;

    private final Family family;

    private ModelConfigReader(JsonFile outer, JsonFile json) {
        this.outer = outer;
        this.json = json;
        this.architecture = architecture(json);
        this.family = this.architecture.family(json);
    }

    static ModelConfig read(JsonFile json) {
        boolean wrapper = WRAPPERS.contains(name(json).orElse(""));
        return new ModelConfigReader(json, wrapper ? json.object("text_config").orElse(json) : json).read();
    }

    private static Optional<String> name(JsonFile json) {
        return json.strings("architectures").stream().findFirst().or(() -> json.string("model_type"));
    }

    private static Architecture architecture(JsonFile json) {
        boolean byClass = !json.strings("architectures").isEmpty();
        Optional<String> name = name(json);
        return name.flatMap(byClass ? Architecture::ofClassName : Architecture::ofModelType)
            .orElseThrow(() -> new ModelFileException(json.file(),
                    name.map((found) -> (byClass ? "the architecture " : "the model_type ") + found)
                        .orElse("a model without architectures and model_type") + " is not supported",
                    "use a model of one of " + Architecture.supported()));
    }

    private ModelConfig read() {
        refuseWhatIsNotImplemented();
        int hiddenSize = this.family.size("hidden_size");
        int layers = this.family.size("num_hidden_layers");
        int heads = this.family.size("num_attention_heads");
        int vocabularySize = this.family.size("vocab_size");
        int maxPositions = this.family.size("max_position_embeddings");
        try {
            int headDim = headDim(hiddenSize, heads);
            ModelConfig.requireSizes(hiddenSize, layers, heads, headDim);
            Family.FamilySizes sizes = new Family.FamilySizes(hiddenSize, layers, heads, headDim, maxPositions);
            return new ModelConfig(this.architecture, hiddenSize, this.family.size("intermediate_size"), layers, heads,
                    this.family.keyValueHeads(heads), headDim, vocabularySize, this.family.rope(sizes).positions(),
                    this.json.number("rms_norm_eps").orElse(this.family.defaultRmsNormEps()), tied(),
                    this.family.attentionBias(), this.family.attentionOutputBias(), this.family.layerKinds(sizes),
                    variant(sizes), bosTokenId(vocabularySize), eosTokenIds(vocabularySize), dtype());
        }
        catch (IllegalArgumentException ex) {
            throw this.json.invalid(String.valueOf(ex.getMessage()), ex);
        }
    }

    private void refuseWhatIsNotImplemented() {
        if (this.json.bool("mlp_bias", false)) {
            throw this.family.unsupported("mlp_bias true", "use a model without biases in its feed-forward layers");
        }
        if (this.json.has("quantization_config") || this.outer.has("quantization_config")) {
            throw this.family.unsupported("a quantization_config",
                    "use the unquantized model stored as F32, F16 or BF16");
        }
    }

    private ModelVariant variant(Family.FamilySizes sizes) {
        ModelVariant variant = this.family.variant(sizes);
        List<String> expected = ACTIVATIONS.getOrDefault(variant.activation(), List.of());
        String field = this.family.activationField();
        String activation = this.json.string(field).orElse(expected.get(0));
        if (!expected.contains(activation)) {
            throw this.family.unsupported(field + " " + activation,
                    "use a model with " + field + " " + expected.get(0));
        }
        return variant;
    }

    private int headDim(int hiddenSize, int heads) {
        OptionalInt stated = this.json.integer("head_dim");
        if (stated.isPresent()) {
            return stated.getAsInt();
        }
        if (this.family.defaultHeadDim().isPresent()) {
            return this.family.defaultHeadDim().getAsInt();
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

    private boolean tied() {
        JsonFile stated = this.json.has("tie_word_embeddings") ? this.json : this.outer;
        return stated.bool("tie_word_embeddings", this.family.tiedByDefault());
    }

    private OptionalInt bosTokenId(int vocabularySize) {
        JsonFile stated = this.json.mentions("bos_token_id") ? this.json : this.outer;
        return stated.mentions("bos_token_id") ? stated.integer("bos_token_id")
                : within(this.family.defaultBosToken(), vocabularySize);
    }

    private List<Integer> eosTokenIds(int vocabularySize) {
        JsonFile stated = this.json.mentions("eos_token_id") ? this.json : this.outer;
        return stated.mentions("eos_token_id") ? stated.integers("eos_token_id")
                : within(this.family.defaultEosToken(), vocabularySize).stream().boxed().toList();
    }

    private static OptionalInt within(OptionalInt token, int vocabularySize) {
        return (token.orElse(vocabularySize) < vocabularySize) ? token : OptionalInt.empty();
    }

    private Optional<TensorType> dtype() {
        return this.json.string("dtype")
            .or(() -> this.json.string("torch_dtype"))
            .or(() -> this.outer.string("dtype"))
            .or(() -> this.outer.string("torch_dtype"))
            .flatMap(TensorType::ofTorch);
    }

}
