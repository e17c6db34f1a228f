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
 * gate-up, down), then the LM head.
 */
final class LlamaProgram {

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

    int vectorsPerLayer() {
        return 2 + (this.config.attentionBias() ? 1 : 0) + (this.config.attentionOutputBias() ? 1 : 0)
                + (this.config.qkNorm() ? 2 : 0);
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
        int layers = this.config.layers() * vectorsPerLayer();
        int bias = 2 + (this.config.attentionBias() ? 1 : 0);
        int headNorms = bias + (this.config.attentionOutputBias() ? 1 : 0);
        ProgramSource source = attentionSource(this.config, this.attention).constant("LAYERS", this.config.layers())
            .constant("HIDDEN", this.config.hiddenSize())
            .constant("WIDE", this.config.intermediateSize())
            .constant("EPS", this.config.rmsNormEps())
            .constant("QKV_BIASED", this.config.attentionBias())
            .constant("OUTPUT_BIASED", this.config.attentionOutputBias())
            .constant("QK_NORMED", this.config.qkNorm())
            .constant("VECTORS", vectorsPerLayer())
            .constant("QKV_BIAS", 2)
            .constant("OUTPUT_BIAS", bias)
            .constant("Q_NORM", headNorms)
            .constant("K_NORM", headNorms + 1)
            .constant("FINAL_NORM", layers)
            .constant("EMBEDDING", layers + 1)
            .constant("NARROW", this.precision.scalarType() != Precision.FP32.scalarType())
            .constant("CONVERTED", this.attention.scalarType() != Precision.FP32.scalarType())
            .constant("TYPE", this.precision.scalarType());
        if (this.kernel.quantized()) {
            source.constant("BLOCK", block(this.config)).constant("BLOCK_ROTATION", layers + 2);
        }
        else {
            source.files("floating.py");
        }
        return source.products(this.kernel).files("llama.py").files(more);
    }

    /** Returns the source of the methods that compute attention. */
    static ProgramSource attentionSource(ModelConfig config, AttentionKernel attention) {
        int group = config.heads() / config.keyValueHeads();
        int lone = Math.max(FEWEST_QUERY_ROWS, group + group % 2);
        return new ProgramSource().constant("HEADS", config.heads())
            .constant("KV", config.keyValueHeads())
            .constant("GROUP", group)
            .constant("DIM", config.headDim())
            .constant("SCALE", 1 / Math.sqrt(config.headDim()))
            .constant("LONE", (lone <= group + 2) ? lone : 0)
            .constant("CACHE_TYPE", attention.scalarType())
            .files("attention.py", attention.file());
    }

}
