package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;

/**
 * The shape of a target model as {@code config.json} states it. Immutable.
 *
 * <p>
 * The names in messages are those of {@code config.json}.
 *
 * @param architecture the kind of transformer
 * @param hiddenSize width of the residual stream, at least 1
 * @param intermediateSize width of the gated feed-forward layer, at least 1
 * @param layers number of transformer layers, in [1, 10000]
 * @param heads number of query heads, at least 1
 * @param keyValueHeads number of key and value heads, a divisor of heads
 * @param headDim width of one head, even
 * @param vocabularySize number of tokens, at least 1
 * @param maxPositions tokens the model can address, at least 1
 * @param rmsNormEps added to the mean square in each normalisation, in (0, 1)
 * @param tieWordEmbeddings whether the output projection is the embedding table
 * @param attentionBias whether the query, key and value projections have biases
 * @param attentionOutputBias whether the output projection of the attention has a bias
 * @param layerKinds what differs from layer to layer, one for each; their sliding
 * windows, if any, are of one width
 * @param variant what the model computes otherwise than Llama
 * @param bosTokenId token that begins a text, if there is one
 * @param eosTokenIds tokens that end an answer, possibly none
 * @param dtype type the weights are said to be stored in, if stated; the checkpoint has
 * the last word
 */
public record ModelConfig(Architecture architecture, int hiddenSize, int intermediateSize, int layers, int heads,
        int keyValueHeads, int headDim, int vocabularySize, int maxPositions, double rmsNormEps,
        boolean tieWordEmbeddings, boolean attentionBias, boolean attentionOutputBias, List<LayerKind> layerKinds,
        ModelVariant variant, OptionalInt bosTokenId, List<Integer> eosTokenIds, Optional<TensorType> dtype) {

    /** The file in a model directory that this is read from. */
    public static final String FILE_NAME = "config.json";

    /**
     * No real model comes near; a damaged number must not make us look for billions of
     * tensors.
     */
    private static final int MAX_LAYERS = 10_000;

    public ModelConfig {
        requireSizes(hiddenSize, layers, heads, headDim);
        requirePositive("intermediate_size", intermediateSize);
        requirePositive("num_key_value_heads", keyValueHeads);
        requirePositive("vocab_size", vocabularySize);
        requirePositive("max_position_embeddings", maxPositions);
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("num_attention_heads (" + heads
                    + ") must be a multiple of num_key_value_heads (" + keyValueHeads + ")");
        }
        if ((long) heads * headDim > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "num_attention_heads (" + heads + ") times head_dim (" + headDim + ") is too large");
        }
        if (!(rmsNormEps > 0 && rmsNormEps < 1)) {
            throw new IllegalArgumentException("rms_norm_eps must be in (0, 1), was " + rmsNormEps);
        }
        layerKinds = layerKinds.stream().map((kind) -> limited(kind, maxPositions)).toList();
        if (layerKinds.size() != layers) {
            throw new IllegalArgumentException(
                    "there must be a kind for each of the " + layers + " layers, were " + layerKinds.size());
        }
        if (layerKinds.stream().map(LayerKind::slidingWindow).filter(OptionalInt::isPresent).distinct().count() > 1) {
            throw new IllegalArgumentException("the sliding windows of all layers must be equally wide");
        }
        if (layerKinds.stream().anyMatch((kind) -> kind.rotary().dims() > headDim)) {
            throw new IllegalArgumentException("no more than head_dim (" + headDim + ") of a head can be rotated");
        }
        if (bosTokenId.isPresent()) {
            requireToken("bos_token_id", bosTokenId.getAsInt(), vocabularySize);
        }
        eosTokenIds = List.copyOf(eosTokenIds);
        for (int token : eosTokenIds) {
            requireToken("eos_token_id", token, vocabularySize);
        }
    }

    /** Returns this with what is computed otherwise than Llama does. */
    ModelConfig withVariant(ModelVariant newVariant) {
        return new ModelConfig(this.architecture, this.hiddenSize, this.intermediateSize, this.layers, this.heads,
                this.keyValueHeads, this.headDim, this.vocabularySize, this.maxPositions, this.rmsNormEps,
                this.tieWordEmbeddings, this.attentionBias, this.attentionOutputBias, this.layerKinds, newVariant,
                this.bosTokenId, this.eosTokenIds, this.dtype);
    }

    /** Returns a kind without a window that no sequence is longer than. */
    private static LayerKind limited(LayerKind kind, int maxPositions) {
        return (kind.slidingWindow().orElse(maxPositions) < maxPositions) ? kind : new LayerKind(kind.rotary());
    }

    /** Checks the sizes that others follow from. */
    static void requireSizes(int hiddenSize, int layers, int heads, int headDim) {
        requirePositive("hidden_size", hiddenSize);
        requirePositive("num_hidden_layers", layers);
        requirePositive("num_attention_heads", heads);
        requirePositive("head_dim", headDim);
        if (layers > MAX_LAYERS) {
            throw new IllegalArgumentException("num_hidden_layers must be at most " + MAX_LAYERS + ", was " + layers);
        }
        if (headDim % 2 != 0) {
            throw new IllegalArgumentException(
                    "head_dim must be even, because rotary embedding turns pairs, was " + headDim);
        }
    }

    private static void requirePositive(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " must be at least 1, was " + value);
        }
    }

    private static void requireToken(String field, int token, int vocabularySize) {
        if (token < 0 || token >= vocabularySize) {
            throw new IllegalArgumentException(
                    field + " must be in [0, " + vocabularySize + "), the range of the vocabulary, was " + token);
        }
    }

    /**
     * Reads {@code config.json} of a model directory.
     * @param directory the model directory
     * @return the checked configuration
     * @throws ModelFileException if the file is missing or damaged, or describes a model
     * that is not supported
     */
    public static ModelConfig read(Path directory) {
        return ModelConfigReader.read(JsonFile.read(directory.resolve(FILE_NAME)));
    }

    /**
     * Reads a configuration from a text in the form of {@code config.json}.
     * @param json the text
     * @param source the file to name in messages
     * @return the checked configuration
     * @throws ModelFileException if the text is damaged or describes a model that is not
     * supported
     */
    public static ModelConfig parse(String json, Path source) {
        return ModelConfigReader.read(JsonFile.parse(source, json));
    }

    /** Width of all query heads together. */
    public int querySize() {
        return this.heads * this.headDim;
    }

    /** Width of all key heads together, and of all value heads. */
    public int keyValueSize() {
        return this.keyValueHeads * this.headDim;
    }

    /** Tokens a sequence may have: the addressable positions. */
    public int contextTokens() {
        return this.maxPositions;
    }

    /**
     * Returns the context to load a model with that has only short sequences to compute,
     * but is to compute them as a model of a longer context does: the frequencies of
     * LongRoPE go by the context that a model is loaded with.
     * @param context tokens of the context that counts
     * @param longest tokens of the longest sequence, at most those
     * @return {@code longest}, or more where that would have other frequencies
     */
    public int contextRotatedLike(int context, int longest) {
        return this.layerKinds.stream()
            .map((kind) -> kind.rotary().scaling())
            .filter(RopeScaling.LongRope.class::isInstance)
            .mapToInt((scaling) -> ((RopeScaling.LongRope) scaling).originalMaxPositions())
            .filter((original) -> original < context)
            .map((original) -> Math.max(longest, original + 1))
            .max()
            .orElse(longest);
    }

    /** The kinds of layers there are, each once, in the order of their first layers. */
    public List<LayerKind> distinctKinds() {
        return this.layerKinds.stream().distinct().toList();
    }

    /**
     * Tokens that a position sees in layers with a sliding window, itself included; empty
     * if no layer has one that is shorter than the context.
     */
    public OptionalInt slidingWindow() {
        return this.layerKinds.stream().flatMapToInt((kind) -> kind.slidingWindow().stream()).findFirst();
    }

    /**
     * What a user should know about how this model is used, one sentence each; empty if
     * there is nothing.
     */
    public List<Advice> notes() {
        return this.layerKinds.stream()
            .map((kind) -> kind.rotary().scaling())
            .filter(RopeScaling.LongRope.class::isInstance)
            .map(RopeScaling.LongRope.class::cast)
            .filter((scaling) -> scaling.originalMaxPositions() < this.maxPositions)
            .findFirst()
            .map((scaling) -> Advice.of("The model rotates by other frequencies in contexts of more than "
                    + scaling.originalMaxPositions() + " tokens",
                    Remedy.of("lower", Setting.MAX_CONTEXT, "to that for those of short texts")))
            .stream()
            .toList();
    }

}
