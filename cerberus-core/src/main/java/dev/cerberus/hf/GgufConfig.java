package dev.cerberus.hf;

import java.util.OptionalInt;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Translates the metadata of a GGUF file into the fields of a {@code config.json}, so
 * that both formats share every check and default.
 */
final class GgufConfig {

    private final GgufFile file;

    private final GgufMetadata metadata;

    private final String prefix;

    private final GgufArchitecture architecture;

    private GgufConfig(GgufFile file, String prefix, GgufArchitecture architecture) {
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
        GgufArchitecture architecture = GgufArchitecture.of(name)
            .orElseThrow(() -> new ModelFileException(file.file(),
                    "holds a model of the architecture " + GgufMetadata.shorten(name) + ", which is not supported",
                    "use a GGUF file of one of " + GgufArchitecture.known()));
        return new GgufConfig(file, name + ".", architecture);
    }

    GgufArchitecture architecture() {
        return this.architecture;
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
        config.putArray("architectures")
            .add(this.architecture.architecture(GgufFamilyFields.hasWindow(this.metadata, this.prefix)).className());
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
        config.put("tie_word_embeddings", !this.file.tensors().containsKey(GgufNames.OUTPUT));
        config.put("attention_bias", this.file.tensors().containsKey("blk.0.attn_q.bias"));
        int rotated = rotated(headDim);
        // the next double, since the product with the width is cut to an integer
        config.put("partial_rotary_factor", (rotated == headDim) ? 1 : Math.nextUp((double) rotated / headDim));
        new GgufRope(this.file, this.prefix, rotated).write(config);
        new GgufFamilyFields(this.metadata, this.prefix, config).write(this.architecture);
        specialTokens(config);
        ModelConfig read = ModelConfig.parse(config.toString(), this.file.file());
        return this.architecture.normsAreWhole()
                ? read.withVariant(read.variant().withNorms(read.variant().norms(), false)) : read;
    }

    private int rotated(int headDim) {
        int rotated = this.metadata.integer(this.prefix + "rope.dimension_count").orElse(headDim);
        if (this.architecture != GgufArchitecture.PHI3 && rotated != headDim) {
            throw this.metadata.invalid(this.prefix + "rope.dimension_count", "the width of a head (" + headDim + ")");
        }
        return rotated;
    }

    private void refuseWhatIsNotImplemented() {
        if (this.metadata.integer(this.prefix + "expert_count").orElse(0) > 0) {
            throw new ModelFileException(this.file.file(), "a mixture of experts is not supported",
                    "use a dense model");
        }
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
        if (this.metadata.integer(this.prefix + "attention.value_length").orElse(headDim) != headDim) {
            throw this.metadata.invalid(this.prefix + "attention.value_length",
                    "the width of a head (" + headDim + ")");
        }
        return headDim;
    }

    private int vocabularySize() {
        GgufFile.Tensor embedding = this.file.tensors().get(GgufNames.EMBEDDING);
        if (embedding == null || embedding.shape().size() != 2) {
            throw new ModelFileException(this.file.file(),
                    "lacks the tensor " + GgufNames.EMBEDDING + " of two dimensions", "fetch the file again");
        }
        return (int) Math.min(Integer.MAX_VALUE, embedding.shape().get(0));
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
