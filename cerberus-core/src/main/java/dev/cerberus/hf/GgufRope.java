package dev.cerberus.hf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Map;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Translates what a GGUF file says of rotary embedding into the fields of a
 * {@code config.json}.
 */
final class GgufRope {

    private static final String SCALING = "rope.scaling.";

    private static final Map<String, String> FIELDS = Map.of("factor", "factor", "attn_factor", "attention_factor",
            "yarn_attn_factor", "attention_factor", "yarn_beta_fast", "beta_fast", "yarn_beta_slow", "beta_slow");

    private static final double DEFAULT_THETA = 10_000;

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

    private final String prefix;

    private final int dims;

    /**
     * Creates a translator.
     * @param file the file
     * @param prefix what the keys of its architecture begin with
     * @param dims elements of a head that are rotated
     */
    GgufRope(GgufFile file, String prefix, int dims) {
        this.file = file;
        this.prefix = prefix;
        this.dims = dims;
    }

    /** Writes the fields. */
    void write(ObjectNode config) {
        GgufMetadata metadata = this.file.metadata();
        double theta = metadata.number(this.prefix + "rope.freq_base").orElse(DEFAULT_THETA);
        config.put("rope_theta", theta);
        if (has(GgufNames.ROPE_FACTORS)) {
            llama3(config, theta);
            return;
        }
        String type = has(GgufNames.LONG_FACTORS) ? "longrope"
                : metadata.text(this.prefix + SCALING + "type").orElse("none");
        if (type.equals("none")) {
            return;
        }
        ObjectNode scaling = config.putObject("rope_scaling").put("rope_type", type);
        FIELDS.forEach((key, field) -> metadata.number(this.prefix + SCALING + key)
            .ifPresent((value) -> scaling.put(field, value)));
        metadata.integer(this.prefix + SCALING + "original_context_length")
            .ifPresent((context) -> scaling.put("original_max_position_embeddings", context));
        metadata.number(this.prefix + SCALING + "yarn_log_multiplier")
            .ifPresent((value) -> scaling.put("mscale", 1).put("mscale_all_dim", value));
        metadata.number(this.prefix + "attention.temperature_scale")
            .ifPresent((beta) -> scaling.put("llama_4_scaling_beta", beta));
        if (type.equals("longrope")) {
            longRope(scaling, "long_factor", GgufNames.LONG_FACTORS);
            longRope(scaling, "short_factor", GgufNames.SHORT_FACTORS);
        }
    }

    private boolean has(String tensor) {
        return this.file.tensors().containsKey(tensor);
    }

    private void longRope(ObjectNode scaling, String field, String tensor) {
        ArrayNode list = scaling.putArray(field);
        for (float factor : factors(tensor)) {
            list.add(decimal(factor));
        }
    }

    private void llama3(ObjectNode config, double theta) {
        float[] factors = factors(GgufNames.ROPE_FACTORS);
        double largest = 1;
        for (float factor : factors) {
            largest = Math.max(largest, factor);
        }
        RopeScaling.Llama3 scaling = new RopeScaling.Llama3(largest, LLAMA3_LOW, LLAMA3_HIGH, LLAMA3_CONTEXT);
        for (int i = 0; i < factors.length; i++) {
            float frequency = (float) (1 / Math.pow(theta, 2.0 * i / this.dims));
            double expected = frequency / scaling.scale(frequency);
            if (!(Math.abs(factors[i] - expected) <= FACTOR_TOLERANCE * expected)) {
                throw new ModelFileException(this.file.file(),
                        "the scaling of rotary frequencies by the tensor " + GgufNames.ROPE_FACTORS
                                + ", which is not that of Llama 3 (factor " + i + " is " + factors[i]
                                + "), is not supported",
                        "use the model's safetensors files");
            }
        }
        config.putObject("rope_scaling")
            .put("rope_type", "llama3")
            .put("factor", decimal((float) largest))
            .put("low_freq_factor", LLAMA3_LOW)
            .put("high_freq_factor", LLAMA3_HIGH)
            .put("original_max_position_embeddings", LLAMA3_CONTEXT);
    }

    /** Returns what was meant where a number was rounded to 32 bits. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private float[] factors(String name) {
        GgufFile.Tensor tensor = this.file.tensors().get(name);
        if (tensor == null || tensor.type() != GgufType.F32 || tensor.elements() != this.dims / 2) {
            throw new ModelFileException(this.file.file(),
                    "its tensor " + name + " should be " + this.dims / 2 + " values of type F32",
                    "fetch the file again");
        }
        try (FileChannel channel = FileChannel.open(this.file.file(), StandardOpenOption.READ)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, tensor.offset(), tensor.bytes());
            float[] factors = new float[this.dims / 2];
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(factors);
            return factors;
        }
        catch (IOException ex) {
            throw new ModelFileException(this.file.file(), "cannot be read (" + ex.getMessage() + ")",
                    "check the file and its permissions", ex);
        }
    }

}
