package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Translates the metadata of a GGUF file into the fields of a {@code config.json}, so
 * that both formats share every check and default.
 */
final class GgufConfig {

    private static final Map<String, Architecture> ARCHITECTURES = Map.of("llama", Architecture.LLAMA, "qwen2",
            Architecture.QWEN2, "qwen3", Architecture.QWEN3);

    private static final Map<String, String> YARN_FIELDS = Map.of("yarn_beta_fast", "beta_fast", "yarn_beta_slow",
            "beta_slow", "yarn_attn_factor", "attention_factor");

    private static final double DEFAULT_ROPE_THETA = 10_000;

    /*
     * The converter of llama.cpp multiplies the three numbers of llama3 scaling out into
     * one factor per frequency. All published models share two of the three and the
     * original context, so the third can be read off, and the product compared.
     */
    private static final double LLAMA3_LOW = 1;

    private static final double LLAMA3_HIGH = 4;

    private static final int LLAMA3_CONTEXT = 8192;

    private static final double FACTOR_TOLERANCE = 1e-4;

    private final GgufFile file;

    private final GgufMetadata metadata;

    private final String prefix;

    private final Architecture architecture;

    private GgufConfig(GgufFile file, String prefix, Architecture architecture) {
        this.file = file;
        this.metadata = file.metadata();
        this.prefix = prefix;
        this.architecture = architecture;
    }

    /**
     * Starts to translate.
     * @throws ModelFileException if the file holds no model, a part of one, or one of an
     * architecture that is not supported
     */
    static GgufConfig of(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        String type = metadata.text("general.type").orElse("model");
        if (!type.equals("model")) {
            throw new ModelFileException(file.file(),
                    "holds " + (type.equals("adapter") ? "a LoRA adapter" : "a " + type) + ", not a model",
                    "name the GGUF file of the model itself");
        }
        int parts = metadata.integer("split.count").orElse(1);
        if (parts > 1) {
            throw new ModelFileException(file.file(),
                    "is part " + (metadata.integer("split.no").orElse(0) + 1) + " of a GGUF file split into " + parts,
                    "join the parts with llama-gguf-split --merge and name the result");
        }
        String name = metadata.text("general.architecture").orElseThrow(() -> metadata.missing("general.architecture"));
        Architecture architecture = ARCHITECTURES.get(name);
        if (architecture == null) {
            throw new ModelFileException(file.file(),
                    "holds a model of the architecture " + GgufMetadata.shorten(name) + ", which is not supported",
                    "use a GGUF file of one of " + String.join(", ", new TreeSet<>(ARCHITECTURES.keySet())));
        }
        boolean mistral = architecture == Architecture.LLAMA
                && metadata.integer(name + ".attention.sliding_window").orElse(0) > 0;
        return new GgufConfig(file, name + ".", mistral ? Architecture.MISTRAL : architecture);
    }

    /** Whether the halves of query and key heads lie interleaved, row by row. */
    boolean interleaved() {
        return this.architecture == Architecture.LLAMA || this.architecture == Architecture.MISTRAL;
    }

    int heads() {
        return requirePositive("attention.head_count", uniform("attention.head_count"));
    }

    int keyValueHeads() {
        return requirePositive("attention.head_count_kv",
                this.metadata.uniformInteger(this.prefix + "attention.head_count_kv").orElse(heads()));
    }

    ModelConfig read() {
        refuseWhatIsNotImplemented();
        ObjectNode config = JsonFile.MAPPER.createObjectNode();
        config.putArray("architectures").add(this.architecture.className());
        int hidden = uniform("embedding_length");
        int headDim = headDim(hidden);
        config.put("hidden_size", hidden);
        config.put("intermediate_size", uniform("feed_forward_length"));
        config.put("num_hidden_layers", uniform("block_count"));
        config.put("num_attention_heads", heads());
        config.put("num_key_value_heads", keyValueHeads());
        config.put("head_dim", headDim);
        config.put("vocab_size", vocabularySize());
        config.put("max_position_embeddings", uniform("context_length"));
        config.put("rms_norm_eps",
                Double.parseDouble(Float.toString((float) required("attention.layer_norm_rms_epsilon"))));
        config.put("rope_theta", this.metadata.number(this.prefix + "rope.freq_base").orElse(DEFAULT_ROPE_THETA));
        config.put("tie_word_embeddings", !this.file.tensors().containsKey(GgufNames.OUTPUT));
        config.put("attention_bias", this.file.tensors().containsKey("blk.0.attn_q.bias"));
        this.metadata.integer(this.prefix + "attention.sliding_window")
            .ifPresent((window) -> config.put("sliding_window", window));
        ropeScaling(config, headDim);
        specialTokens(config);
        return ModelConfig.parse(config.toString(), this.file.file());
    }

    private void refuseWhatIsNotImplemented() {
        if (this.metadata.integer(this.prefix + "expert_count").orElse(0) > 0) {
            throw unsupported("a mixture of experts", "use a dense model");
        }
        for (String factor : List.of("logit_scale", "embedding_scale", "residual_scale", "attention.scale")) {
            if (this.metadata.number(this.prefix + factor).orElse(1) != 1) {
                throw unsupported(this.prefix + factor, "use a model without it");
            }
        }
    }

    private ModelFileException unsupported(String what, String action) {
        return new ModelFileException(this.file.file(), what + " is not supported", action);
    }

    private int uniform(String key) {
        return this.metadata.uniformInteger(this.prefix + key)
            .orElseThrow(() -> this.metadata.missing(this.prefix + key));
    }

    private double required(String key) {
        return this.metadata.number(this.prefix + key).orElseThrow(() -> this.metadata.missing(this.prefix + key));
    }

    private int requirePositive(String key, int value) {
        if (value < 1) {
            throw this.metadata.invalid(this.prefix + key, "at least 1");
        }
        return value;
    }

    private int headDim(int hidden) {
        OptionalInt stated = this.metadata.integer(this.prefix + "attention.key_length");
        if (stated.isEmpty() && hidden % heads() != 0) {
            throw this.metadata.invalid(this.prefix + "embedding_length",
                    "a multiple of " + this.prefix + "attention.head_count (" + heads() + ")");
        }
        int headDim = stated.orElse(hidden / heads());
        requireEqual("attention.value_length", headDim);
        requireEqual("rope.dimension_count", headDim);
        return headDim;
    }

    private void requireEqual(String key, int headDim) {
        if (this.metadata.integer(this.prefix + key).orElse(headDim) != headDim) {
            throw this.metadata.invalid(this.prefix + key, "the width of a head (" + headDim + ")");
        }
    }

    private int vocabularySize() {
        GgufFile.Tensor embedding = this.file.tensors().get(GgufNames.EMBEDDING);
        if (embedding == null || embedding.shape().size() != 2) {
            throw new ModelFileException(this.file.file(),
                    "lacks the tensor " + GgufNames.EMBEDDING + " of two dimensions", "fetch the file again");
        }
        return (int) Math.min(Integer.MAX_VALUE, embedding.shape().get(0));
    }

    private void ropeScaling(ObjectNode config, int headDim) {
        String type = this.metadata.text(this.prefix + "rope.scaling.type").orElse("none");
        if (this.file.tensors().containsKey(GgufNames.ROPE_FACTORS)) {
            llama3(config, config.path("rope_theta").doubleValue(), headDim);
        }
        else if (!type.equals("none")) {
            ObjectNode scaling = config.putObject("rope_scaling").put("rope_type", type);
            this.metadata.number(this.prefix + "rope.scaling.factor")
                .ifPresent((factor) -> scaling.put("factor", factor));
            this.metadata.integer(this.prefix + "rope.scaling.original_context_length")
                .ifPresent((context) -> scaling.put("original_max_position_embeddings", context));
            YARN_FIELDS.forEach((key, field) -> this.metadata.number(this.prefix + "rope.scaling." + key)
                .ifPresent((value) -> scaling.put(field, value)));
        }
    }

    private void llama3(ObjectNode config, double theta, int headDim) {
        float[] factors = ropeFactors(headDim);
        double largest = 1;
        for (float factor : factors) {
            largest = Math.max(largest, factor);
        }
        RopeScaling.Llama3 scaling = new RopeScaling.Llama3(largest, LLAMA3_LOW, LLAMA3_HIGH, LLAMA3_CONTEXT);
        for (int i = 0; i < factors.length; i++) {
            float frequency = (float) (1 / Math.pow(theta, 2.0 * i / headDim));
            double expected = frequency / scaling.scale(frequency);
            if (!(Math.abs(factors[i] - expected) <= FACTOR_TOLERANCE * expected)) {
                throw unsupported(
                        "the scaling of rotary frequencies by the tensor " + GgufNames.ROPE_FACTORS
                                + ", which is not that of Llama 3 (factor " + i + " is " + factors[i] + ")",
                        "use the model's safetensors files");
            }
        }
        config.putObject("rope_scaling")
            .put("rope_type", "llama3")
            .put("factor", Double.parseDouble(Float.toString((float) largest)))
            .put("low_freq_factor", LLAMA3_LOW)
            .put("high_freq_factor", LLAMA3_HIGH)
            .put("original_max_position_embeddings", LLAMA3_CONTEXT);
    }

    private float[] ropeFactors(int headDim) {
        GgufFile.Tensor tensor = this.file.tensors().get(GgufNames.ROPE_FACTORS);
        if (tensor == null || tensor.type() != GgufType.F32 || tensor.elements() != headDim / 2) {
            throw new ModelFileException(this.file.file(),
                    "its tensor " + GgufNames.ROPE_FACTORS + " should be " + headDim / 2 + " values of type F32",
                    "fetch the file again");
        }
        try (FileChannel channel = FileChannel.open(this.file.file(), StandardOpenOption.READ)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, tensor.offset(), tensor.bytes());
            float[] factors = new float[headDim / 2];
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(factors);
            return factors;
        }
        catch (IOException ex) {
            throw new ModelFileException(this.file.file(), "cannot be read (" + ex.getMessage() + ")",
                    "check the file and its permissions", ex);
        }
    }

    private void specialTokens(ObjectNode config) {
        GgufSpecialTokens tokens = GgufSpecialTokens.of(this.metadata);
        if (tokens.bos().isPresent()) {
            config.put("bos_token_id", tokens.bos().getAsInt());
        }
        else {
            config.putNull("bos_token_id");
        }
        ArrayNode ends = config.putArray("eos_token_id");
        tokens.ends().forEach(ends::add);
    }

}
