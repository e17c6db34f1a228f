package dev.cerberus.benchmarks.device;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The sizes of a model with random weights; times depend on sizes, not on values.
 */
enum ModelShape {

    /** For dry runs. */
    TINY("tiny", 128, 2, 4, 2, 352, 2048),

    /** Half a billion parameters, with grouped heads. */
    HALF("0.5b", 1280, 24, 20, 4, 3456, 32000),

    /** That of TinyLlama-1.1B. */
    ONE("1.1b", 2048, 22, 32, 4, 5632, 32000),

    /** That of Llama-2-7B. */
    SEVEN("7b", 4096, 32, 32, 32, 11008, 32000);

    /** Positions of every shape. */
    static final int POSITIONS = 4096;

    private final String label;

    private final int hidden;

    private final int layers;

    private final int heads;

    private final int keyValueHeads;

    private final int intermediate;

    private final int vocabulary;

    ModelShape(String label, int hidden, int layers, int heads, int keyValueHeads, int intermediate, int vocabulary) {
        this.label = label;
        this.hidden = hidden;
        this.layers = layers;
        this.heads = heads;
        this.keyValueHeads = keyValueHeads;
        this.intermediate = intermediate;
        this.vocabulary = vocabulary;
    }

    /**
     * Returns the shape of a label.
     * @throws IllegalArgumentException if there is none
     */
    static ModelShape of(String label) {
        return Arrays.stream(values())
            .filter((shape) -> shape.label.equals(label))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("shape must be one of " + labels() + ", was " + label));
    }

    static String labels() {
        return Arrays.stream(values()).map((shape) -> shape.label).collect(Collectors.joining(", "));
    }

    int vocabulary() {
        return this.vocabulary;
    }

    /** Returns the text of {@code config.json}. */
    String config() {
        return String.format(Locale.ROOT, """
                {
                  "architectures": ["LlamaForCausalLM"],
                  "model_type": "llama",
                  "hidden_size": %d,
                  "num_hidden_layers": %d,
                  "num_attention_heads": %d,
                  "num_key_value_heads": %d,
                  "intermediate_size": %d,
                  "vocab_size": %d,
                  "max_position_embeddings": %d,
                  "rope_theta": 10000.0,
                  "rms_norm_eps": 1e-05,
                  "hidden_act": "silu",
                  "tie_word_embeddings": false,
                  "bos_token_id": null,
                  "eos_token_id": [%d],
                  "torch_dtype": "bfloat16"
                }
                """, this.hidden, this.layers, this.heads, this.keyValueHeads, this.intermediate, this.vocabulary,
                POSITIONS, ByteVocabulary.END);
    }

    @Override
    public String toString() {
        return this.label;
    }

}
