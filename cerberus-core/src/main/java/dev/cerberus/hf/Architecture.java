package dev.cerberus.hf;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A supported kind of decoder-only transformer, named as in {@code config.json}. */
@SuppressWarnings("ImmutableEnumChecker") // constructors know nothing
public enum Architecture {

    /** Llama 1 to 3 and everything shaped like them. */
    LLAMA("LlamaForCausalLM", "llama", LlamaFamily::new),
    /** Mistral: Llama with a sliding window. */
    MISTRAL("MistralForCausalLM", "mistral", MistralFamily::new),
    /** Ministral 3: YaRN, and queries that grow with their position. */
    MINISTRAL3("Ministral3ForCausalLM", "ministral3", Ministral3Family::new),
    /** Qwen2 and Qwen2.5: biases on query, key and value. */
    QWEN2("Qwen2ForCausalLM", "qwen2", Qwen2Family::new),
    /** Qwen3, dense: normalised queries and keys. */
    QWEN3("Qwen3ForCausalLM", "qwen3", Qwen3Family::new),
    /** SmolLM3: layers without rotation. */
    SMOLLM3("SmolLM3ForCausalLM", "smollm3", SmolLm3Family::new),
    /** Granite 3, and 4.1 and later: four scales. */
    GRANITE("GraniteForCausalLM", "granite", Granite3Family::new),
    /** Granite 4.0, dense: Granite without experts and state spaces. */
    GRANITE_HYBRID("GraniteMoeHybridForCausalLM", "granitemoehybrid", GraniteHybridFamily::new),
    /** MiniCPM: three scales. */
    MINICPM("MiniCPMForCausalLM", "minicpm", MiniCpmFamily::new),
    /** Phi-3 and Phi-4-mini: fused projections, LongRoPE, partly rotated heads. */
    PHI3("Phi3ForCausalLM", "phi3", Phi3Family::new),
    /** OLMo 2: norms after attention and feed-forward part. */
    OLMO2("Olmo2ForCausalLM", "olmo2", Olmo2Family::new),
    /** OLMo 3: OLMo 2 with sliding windows. */
    OLMO3("Olmo3ForCausalLM", "olmo3", Olmo3Family::new),
    /** Gemma 2: norms around everything, bounded scores, sliding windows. */
    GEMMA2("Gemma2ForCausalLM", "gemma2", Gemma2Family::new),
    /** Gemma 3: Gemma 2 with normalised queries and keys, and two rotations. */
    GEMMA3("Gemma3ForCausalLM", "gemma3_text", Gemma3Family::new);

    private final String className;

    private final String modelType;

    private final Function<JsonFile, Family> family;

    Architecture(String className, String modelType, Function<JsonFile, Family> family) {
        this.className = className;
        this.modelType = modelType;
        this.family = family;
    }

    /** The entry of {@code architectures} in {@code config.json}. */
    public String className() {
        return this.className;
    }

    /** The value of {@code model_type} in {@code config.json}. */
    public String modelType() {
        return this.modelType;
    }

    /** How a configuration of this architecture is read. */
    Family family(JsonFile json) {
        return this.family.apply(json);
    }

    static Optional<Architecture> ofClassName(String className) {
        return Arrays.stream(values()).filter((value) -> value.className.equals(className)).findFirst();
    }

    static Optional<Architecture> ofModelType(String modelType) {
        return Arrays.stream(values()).filter((value) -> value.modelType.equals(modelType)).findFirst();
    }

    static String supported() {
        return Arrays.stream(values()).map(Architecture::className).collect(Collectors.joining(", "));
    }

}
