package dev.cerberus.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;

/**
 * Small models with random weights, one per supported architecture, written as Hugging
 * Face directories.
 */
public final class TinyModels {

    /**
     * Vocabulary of every tiny model.
     */
    public static final int VOCABULARY = 97;

    private static final String COMMON = """
            "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
            "vocab_size": 97, "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "hidden_act": "silu",
            "bos_token_id": 1, "eos_token_id": 2
            """;

    private static final Map<String, String> CONFIGURATIONS = new TreeMap<>(Map.of("llama", """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_key_value_heads": 2,
             "rope_theta": 10000.0, "tie_word_embeddings": true, %s}""", "llama-untied-scaled", """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_key_value_heads": 4,
             "rope_theta": 10000.0, "tie_word_embeddings": false, "attention_bias": true,
             "rope_scaling": {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0,
             "high_freq_factor": 4.0, "original_max_position_embeddings": 32}, %s}""", "llama-linear-rope", """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_key_value_heads": 1,
             "rope_theta": 10000.0, "head_dim": 16, "rope_scaling": {"type": "linear", "factor": 2.0}, %s}""",
            "mistral", """
                    {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "num_key_value_heads": 2,
                     "rope_theta": 1000000.0, "sliding_window": null, %s}""", "qwen2", """
                    {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "num_key_value_heads": 2,
                     "rope_theta": 1000000.0, "tie_word_embeddings": true, %s}""", "qwen3", """
                    {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "num_key_value_heads": 2,
                     "head_dim": 16, "rope_theta": 1000000.0, "tie_word_embeddings": true, %s}""", "qwen3-biased", """
                    {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "num_key_value_heads": 1,
                     "head_dim": 16, "attention_bias": true, "rope_theta": 1000000.0,
                     "tie_word_embeddings": false, %s}"""));

    private TinyModels() {
    }

    /**
     * Returns the names of the tiny models.
     * @return names for {@link #write}
     */
    public static List<String> names() {
        return List.copyOf(CONFIGURATIONS.keySet());
    }

    /**
     * Writes a model with a tokenizer of single characters (space to closing brace) and a
     * chat template.
     * @param name one of {@link #names()}
     * @param directory an existing empty directory
     * @return the directory
     */
    public static Path writeWithTokenizer(String name, Path directory) {
        write(name, directory);
        StringBuilder vocabulary = new StringBuilder("\"<unk>\": 0, \"<s>\": 1, \"</s>\": 2");
        for (char c = ' '; c <= '}'; c++) {
            String key = (c == '"' || c == '\\') ? "\\" + c : String.valueOf(c);
            vocabulary.append(", \"").append(key).append("\": ").append(c - ' ' + 3);
        }
        try {
            Files.writeString(directory.resolve("tokenizer.json"), """
                    {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
                     {"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false,
                      "normalized": false, "special": true},
                     {"id": 1, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                      "normalized": false, "special": true},
                     {"id": 2, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
                      "normalized": false, "special": true}],
                     "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": {"type": "Fuse"},
                     "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
                      "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
                      "vocab": {%s}, "merges": []}}
                    """.formatted(vocabulary));
            Files.writeString(directory.resolve("tokenizer_config.json"), """
                    {"chat_template": "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }} {% endfor %}a:",
                     "bos_token": "<s>", "eos_token": "</s>"}
                    """);
            return directory;
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Writes a model without tokenizer.
     * @param name one of {@link #names()}
     * @param directory an existing empty directory
     * @return the directory
     */
    public static Path write(String name, Path directory) {
        return writeConfigured(CONFIGURATIONS.get(name).formatted(COMMON), directory);
    }

    /**
     * Writes a model of another shape, without tokenizer.
     * @param config the text of its {@code config.json}
     * @param directory an existing empty directory
     * @return the directory
     */
    public static Path writeConfigured(String config, Path directory) {
        try {
            Files.writeString(directory.resolve("config.json"), config);
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
            SafetensorsWriter writer = new SafetensorsWriter();
            ExpectedTensors.of(ModelConfig.read(directory)).forEach((tensor, shape) -> {
                long[] dimensions = shape.stream().mapToLong(Long::longValue).toArray();
                long count = shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
                float[] values = new float[(int) count];
                boolean norm = tensor.contains("norm");
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (norm ? 1 + 0.2 * random.nextGaussian() : 0.25 * random.nextGaussian());
                }
                writer.add(tensor, TensorType.F32, dimensions, values);
            });
            writer.write(directory.resolve("model.safetensors"));
            return directory;
        }
        catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

}
