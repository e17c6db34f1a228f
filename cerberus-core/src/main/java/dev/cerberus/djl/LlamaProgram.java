package dev.cerberus.djl;

import java.util.List;

import dev.cerberus.hf.LayerKind;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelVariant;

/**
 * The program of a target model, for one model configuration, one way of multiplying and
 * one of computing attention.
 *
 * <p>
 * Also says where among the vectors ({@code vs}) and matrices ({@code ms}) the weights
 * lie, which {@link WeightLoader} fills: some vectors per layer (norms before, norms
 * after, biases, norms of queries and keys), then the final norm, the embedding, and for
 * a model with matrices of integers the rotations that are computed; four matrices per
 * layer (query-key-value, output, gate-up, down), then the LM head. Immutable and
 * thread-safe.
 */
public final class LlamaProgram {

    /**
     * From so many tokens on attention to them and attention to a tree apart are faster
     * than both in one call with a mask.
     */
    private static final int SPLIT_FROM = 2048;

    private static final int LARGEST_BLOCK = 32;

    /** Blocks smaller than this spread nothing. */
    private static final int SMALLEST_BLOCK = 8;

    /** libtorch adds the products of fewer rows in another order. */
    private static final int FEWEST_BLOCKS = 4;

    /** Numbers that libtorch gives to one thread at least, on a CPU. */
    private static final long ONE_SHARE = 32_768;

    /**
     * From so many keys on that all rows see, a mask without them is worth two more
     * operators.
     */
    static final int UNMASKED = 256;

    /** exp(x) is 2^(x * LOG2_E). */
    private static final double LOG2_E = 1 / Math.log(2);

    /** Complex numbers that two of the widest vectors, 512 bits, do not fill. */
    private static final int MOST_LEFT_OVER = 15;

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
        return layers(kinds(heads(config), config).constant("CACHE_TYPE", float32), config, precision.scalarType(),
                float32)
            .constant("ONE_SHARE", Long.MAX_VALUE) // what is differentiated is not
                                                   // overwritten
            .constant("SPARE_ROWS", 0)
            .constant("QUERIES_SCALED", false)
            .constant("QUERY_SCALE", 1.0)
            .files("mixed.py", "embedding.py", "floating.py", "loading.py", "pieces.py", "llama.py");
    }

    ModelConfig config() {
        return this.config;
    }

    Precision precision() {
        return this.precision;
    }

    LinearKernel kernel() {
        return this.kernel;
    }

    AttentionKernel attention() {
        return this.attention;
    }

    private static int vectorsPerLayer(ModelConfig config) {
        return norms(config) + (config.attentionBias() ? 1 : 0) + (config.attentionOutputBias() ? 1 : 0)
                + (isNormed(config) ? 2 : 0);
    }

    private static int norms(ModelConfig config) {
        ModelVariant.NormPlacement norms = config.variant().norms();
        return norms.before().size() + norms.after().size();
    }

    private static boolean isNormed(ModelConfig config) {
        return config.variant().qkNorm() != ModelVariant.QkNorm.NONE;
    }

    /**
     * Returns the width of the blocks in which the input of the last product of a layer
     * is rotated; 1 for none.
     */
    static int block(ModelConfig config) {
        return block(config.intermediateSize());
    }

    /**
     * Returns the width of the blocks in which the residual stream is rotated wherever a
     * product reads it; 1 for none.
     */
    static int readingBlock(ModelConfig config) {
        return rotatesStream(config) ? 1 : block(config.hiddenSize());
    }

    private static int block(int width) {
        int block = Math.min(Integer.lowestOneBit(width), LARGEST_BLOCK);
        while (block * FEWEST_BLOCKS > width) {
            block /= 2;
        }
        return (block < SMALLEST_BLOCK) ? 1 : block;
    }

    /**
     * Returns whether the whole residual stream can be rotated once and for all: a norm
     * whose result is added to it weighs single coordinates, which a rotation mixes.
     */
    static boolean rotatesStream(ModelConfig config) {
        return config.variant().norms() == ModelVariant.NormPlacement.BEFORE;
    }

    /*
     * With r the scale of residuals and x = r·y, a layer that adds r·f(norm(x)) to x adds
     * f(norm(y)) to y, if the square that the norm adds is divided by r², too: what comes
     * from embeddings is divided by r, and nothing else is ever multiplied.
     */
    static double eps(ModelConfig config) {
        double scale = config.variant().residualScale();
        return config.rmsNormEps() / (scale * scale);
    }

    /** Returns the source of the model's methods, with those of more files. */
    ProgramSource source(String... more) {
        // Attention in pools takes and returns what it needs itself.
        int attentionType = this.attention.pooled() ? Precision.FP32.scalarType() : this.attention.scalarType();
        ProgramSource source = layers(attentionSource(this.config, this.attention), this.config,
                this.kernel.activations(this.precision), attentionType);
        if (this.kernel.quantized()) {
            source.constant("BLOCK", block(this.config))
                .constant("BLOCK_ROTATION", this.config.layers() * vectorsPerLayer(this.config) + 2)
                .constant("READING_BLOCK", readingBlock(this.config))
                .constant("READING_ROTATION", this.config.layers() * vectorsPerLayer(this.config) + 3);
        }
        else {
            source.files("floating.py");
        }
        return source.constant("SPARE_ROWS", (this.kernel.exact() && !this.attention.pooled()) ? spareRows() : 0)
            .products(this.kernel)
            .files(this.kernel.embedding(), "llama.py")
            .files(more);
    }

    /**
     * Returns how many rows have to follow those of a product of queries, keys and values
     * as complex numbers, so that those which fill no vector are not of keys.
     */
    private int spareRows() {
        int pairsOfValues = this.config.keyValueSize() / 2;
        int pairs = (this.config.querySize() + 2 * this.config.keyValueSize()) / 2;
        return (pairsOfValues >= MOST_LEFT_OVER) ? 0 : (MOST_LEFT_OVER + pairs - 1) / pairs;
    }

    /**
     * Adds the constants of the layers.
     * @param type TorchScript's number for the format of activations
     * @param attentionType that for what attention takes
     */
    private static ProgramSource layers(ProgramSource source, ModelConfig config, int type, int attentionType) {
        ModelVariant variant = config.variant();
        int layers = config.layers() * vectorsPerLayer(config);
        int bias = norms(config);
        int outputBias = bias + (config.attentionBias() ? 1 : 0);
        int headNorms = outputBias + (config.attentionOutputBias() ? 1 : 0);
        double embeddingScale = variant.embeddingScale() / variant.residualScale();
        return source.constant("LAYERS", config.layers())
            .constant("HIDDEN", config.hiddenSize())
            .constant("WIDE", config.intermediateSize())
            .constant("EPS", eps(config))
            .constant("PRE_NORMED", !variant.norms().before().isEmpty())
            .constant("POST_NORMED", !variant.norms().after().isEmpty())
            .constant("POST_NORM", variant.norms().before().size())
            .constant("QKV_BIASED", config.attentionBias())
            .constant("OUTPUT_BIASED", config.attentionOutputBias())
            .constant("QK_NORMED", isNormed(config))
            .constant("QK_NORMED_WHOLE", variant.qkNorm() == ModelVariant.QkNorm.WIDTH)
            .constant("QK_EPS", config.rmsNormEps())
            .constant("VECTORS", vectorsPerLayer(config))
            .constant("QKV_BIAS", bias)
            .constant("OUTPUT_BIAS", outputBias)
            .constant("Q_NORM", headNorms)
            .constant("K_NORM", headNorms + 1)
            .constant("FINAL_NORM", layers)
            .constant("EMBEDDING", layers + 1)
            .constant("TANH_GELU", variant.activation() == ModelVariant.Activation.GELU_TANH)
            .constant("EMBEDDING_SCALED", embeddingScale != 1)
            .constant("EMBEDDING_SCALE", embeddingScale)
            .constant("LOGITS_SCALED", variant.logitScale() != 1)
            .constant("LOGIT_SCALE", variant.logitScale())
            .constant("LOGITS_CAPPED", variant.logitCap().isPresent())
            .constant("LOGIT_CAP", variant.logitCap().orElse(1))
            .constant("ONE_TO_LOGIT_CAP", 1 / variant.logitCap().orElse(1))
            .constant("NARROW", type != Precision.FP32.scalarType())
            .constant("CONVERTED", attentionType != Precision.FP32.scalarType())
            .constant("TYPE", type);
    }

    /** Adds the constants that tell kinds of layers apart. */
    private static ProgramSource kinds(ProgramSource source, ModelConfig config) {
        List<LayerKind> kinds = config.distinctKinds();
        boolean windowed = config.slidingWindow().isPresent();
        boolean unlimited = kinds.stream().anyMatch((kind) -> kind.slidingWindow().isEmpty());
        int masks = (windowed && unlimited) ? 2 : 1;
        return source.constant("KINDS", kinds.size())
            .constant("LAYER_KINDS",
                    (kinds.size() == 1) ? List.of() : config.layerKinds().stream().map(kinds::indexOf).toList())
            .constant("KIND_MASKS",
                    kinds.stream().map((kind) -> (masks > 1 && kind.slidingWindow().isPresent()) ? 1 : 0).toList())
            .constant("QUERIES_GROW", kinds.stream().anyMatch((kind) -> kind.rotary().queryGrowth().isPresent()))
            .constant("MASKS", masks)
            .constant("UNLIMITED", unlimited)
            .constant("WINDOW", config.slidingWindow().orElse(0));
    }

    private static ProgramSource heads(ModelConfig config) {
        AttentionHeads heads = AttentionHeads.of(config);
        return new ProgramSource().constant("HEADS", config.heads())
            .constant("KV", heads.keyValueHeads())
            .constant("GROUP", heads.group())
            .constant("DIM", heads.dim());
    }

    /** Returns the source of the methods that compute attention. */
    static ProgramSource attentionSource(ModelConfig config, AttentionKernel attention) {
        double scale = config.variant().attentionScale();
        boolean capped = config.variant().attentionCap().isPresent();
        double cap = config.variant().attentionCap().orElse(1);
        boolean exact = attention.isExact();
        double bound = exact ? cap * LOG2_E : cap;
        return kinds(heads(config), config).constant("SCALE", scale)
            .constant("CAPPED", capped)
            .constant("CAP", bound)
            .constant("SCALE_TO_CAP", scale / cap)
            .constant("QUERIES_SCALED", exact)
            .constant("QUERY_SCALE", capped ? scale / cap : scale * LOG2_E)
            .constant("UNMASKED", exact ? UNMASKED : Long.MAX_VALUE)
            .constant("ONE_SHARE", attention.pooled() ? Long.MAX_VALUE : ONE_SHARE)
            .constant("LONE", AttentionHeads.of(config).lone())
            .constant("CACHE_TYPE", attention.scalarType())
            .constant("BLOCK_KEYS", attention.blockKeys())
            .constant("BAGGED", attention.bags() != AttentionKernel.Bags.NEVER)
            .constant("BAGGED_KEYS", attention.bags().fromKeys())
            .constant("BAGGED_VALUES", attention.bags().fromValues())
            .constant("SPLIT_FROM", SPLIT_FROM)
            .files("pieces.py")
            .files(attention.files().toArray(String[]::new));
    }

}
