package dev.cerberus.djl;

import dev.cerberus.hf.ModelConfig;

/**
 * The program of a target model, for one model configuration, one way of multiplying and
 * one of computing attention.
 *
 * <p>
 * Also says where among the vectors ({@code vs}) and matrices ({@code ms}) the weights
 * lie, which {@link WeightLoader} fills: {@link #vectorsPerLayer()} vectors per layer
 * (two norms, biases, head norms), then the final norm, the embedding, and for a rotated
 * model the rotation of a block; four matrices per layer (query-key-value, output,
 * gate-up, down), then the LM head. Immutable and thread-safe.
 */
public final class LlamaProgram {

    /** A row of its own needs as many query rows a key head. */
    private static final int FEWEST_QUERY_ROWS = 4;

    private static final int LARGEST_BLOCK = 32;

    /** Blocks smaller than this spread nothing. */
    private static final int SMALLEST_BLOCK = 8;

    /** libtorch adds the products of fewer rows in another order. */
    private static final int FEWEST_BLOCKS = 4;

    private final ModelConfig config;

    private final Precision precision;

    private final LinearKernel kernel;

    private final AttentionKernel attention;

    LlamaProgram(ModelConfig config, Precision precision, LinearKernel kernel, AttentionKernel attention) {
        this.config = config;
        this.precision = precision;
        this.kernel = kernel;
        this.attention = attention;
    }

    /**
     * Returns the layers of a model for training, with what brings matrices into their
     * order: products round to the precision, everything else is float32, all of it is
     * differentiable.
     *
     * <p>
     * To be added: {@code attended(turned, layer, spans, masks, caches)}, which computes
     * the attention of all rows of a call of {@code layer}.
     * @param config the model's configuration
     * @param precision number format of the products, {@link Precision#FP32} or
     * {@link Precision#BF16}
     * @return the source, to which further constants and methods may be added
     * @throws IllegalArgumentException if the precision is another one
     */
    public static ProgramSource forTraining(ModelConfig config, Precision precision) {
        if (precision != Precision.FP32 && precision != Precision.BF16) {
            throw new IllegalArgumentException("precision of training must be FP32 or BF16, was " + precision);
        }
        int float32 = Precision.FP32.scalarType();
        return layers(heads(config).constant("CACHE_TYPE", float32), config, precision, float32).files("mixed.py",
                "floating.py", "loading.py", "llama.py");
    }

    int vectorsPerLayer() {
        return vectorsPerLayer(this.config);
    }

    private static int vectorsPerLayer(ModelConfig config) {
        return 2 + (config.attentionBias() ? 1 : 0) + (config.attentionOutputBias() ? 1 : 0)
                + (config.qkNorm() ? 2 : 0);
    }

    /**
     * Returns the width of the blocks in which the input of the last product of a layer
     * is rotated; 1 for none.
     */
    static int block(ModelConfig config) {
        int block = Math.min(Integer.lowestOneBit(config.intermediateSize()), LARGEST_BLOCK);
        while (block * FEWEST_BLOCKS > config.intermediateSize()) {
            block /= 2;
        }
        return (block < SMALLEST_BLOCK) ? 1 : block;
    }

    /** Returns the source of the model's methods, with those of more files. */
    ProgramSource source(String... more) {
        ProgramSource source = layers(attentionSource(this.config, this.attention), this.config, this.precision,
                this.attention.scalarType());
        if (this.kernel.quantized()) {
            source.constant("BLOCK", block(this.config))
                .constant("BLOCK_ROTATION", this.config.layers() * vectorsPerLayer() + 2);
        }
        else {
            source.files("floating.py");
        }
        return source.products(this.kernel).files("llama.py").files(more);
    }

    /** Adds the constants of the layers. */
    private static ProgramSource layers(ProgramSource source, ModelConfig config, Precision precision,
            int attentionType) {
        int layers = config.layers() * vectorsPerLayer(config);
        int bias = 2 + (config.attentionBias() ? 1 : 0);
        int headNorms = bias + (config.attentionOutputBias() ? 1 : 0);
        return source.constant("LAYERS", config.layers())
            .constant("HIDDEN", config.hiddenSize())
            .constant("WIDE", config.intermediateSize())
            .constant("EPS", config.rmsNormEps())
            .constant("QKV_BIASED", config.attentionBias())
            .constant("OUTPUT_BIASED", config.attentionOutputBias())
            .constant("QK_NORMED", config.qkNorm())
            .constant("VECTORS", vectorsPerLayer(config))
            .constant("QKV_BIAS", 2)
            .constant("OUTPUT_BIAS", bias)
            .constant("Q_NORM", headNorms)
            .constant("K_NORM", headNorms + 1)
            .constant("FINAL_NORM", layers)
            .constant("EMBEDDING", layers + 1)
            .constant("NARROW", precision.scalarType() != Precision.FP32.scalarType())
            .constant("CONVERTED", attentionType != Precision.FP32.scalarType())
            .constant("TYPE", precision.scalarType());
    }

    private static ProgramSource heads(ModelConfig config) {
        return new ProgramSource().constant("HEADS", config.heads())
            .constant("KV", config.keyValueHeads())
            .constant("GROUP", config.heads() / config.keyValueHeads())
            .constant("DIM", config.headDim());
    }

    /** Returns the source of the methods that compute attention. */
    static ProgramSource attentionSource(ModelConfig config, AttentionKernel attention) {
        int group = config.heads() / config.keyValueHeads();
        int lone = Math.max(FEWEST_QUERY_ROWS, group + group % 2);
        return heads(config).constant("SCALE", 1 / Math.sqrt(config.headDim()))
            .constant("LONE", (lone <= group + 2) ? lone : 0)
            .constant("CACHE_TYPE", attention.scalarType())
            .files("attention.py", attention.file());
    }

}
