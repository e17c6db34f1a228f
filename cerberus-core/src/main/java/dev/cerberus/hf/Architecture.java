package dev.cerberus.hf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A supported kind of decoder-only transformer, named as in {@code config.json}. */
public enum Architecture {

    /** Llama 1 to 3 and everything shaped like them. */
    LLAMA("LlamaForCausalLM", "llama"),
    /** Mistral: Llama with a sliding window. */
    MISTRAL("MistralForCausalLM", "mistral"),
    /** Qwen2 and Qwen2.5: biases on query, key and value. */
    QWEN2("Qwen2ForCausalLM", "qwen2"),
    /** Qwen3, dense: normalised queries and keys. */
    QWEN3("Qwen3ForCausalLM", "qwen3");

    private final String className;

    private final String modelType;

    Architecture(String className, String modelType) {
        this.className = className;
        this.modelType = modelType;
    }

    /** The entry of {@code architectures} in {@code config.json}. */
    public String className() {
        return this.className;
    }

    /** The value of {@code model_type} in {@code config.json}. */
    public String modelType() {
        return this.modelType;
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
