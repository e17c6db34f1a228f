package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
 * @param ropeTheta base of the rotary frequencies, positive
 * @param ropeScaling how the rotary frequencies are stretched
 * @param tieWordEmbeddings whether the output projection is the embedding table
 * @param attentionBias whether the query, key and value projections have biases
 * @param attentionOutputBias whether the output projection of the attention has a bias
 * @param slidingWindow tokens a position sees, itself included, if some layer limits
 * them; at least 1
 * @param bosTokenId token that begins a text, if there is one
 * @param eosTokenIds tokens that end an answer, possibly none
 * @param dtype type the weights are said to be stored in, if stated; the checkpoint has
 * the last word
 */
public record ModelConfig(Architecture architecture, int hiddenSize, int intermediateSize, int layers, int heads,
        int keyValueHeads, int headDim, int vocabularySize, int maxPositions, double rmsNormEps, double ropeTheta,
        RopeScaling ropeScaling, boolean tieWordEmbeddings, boolean attentionBias, boolean attentionOutputBias,
        OptionalInt slidingWindow, OptionalInt bosTokenId, List<Integer> eosTokenIds, Optional<TensorType> dtype) {

    /** The file in a model directory that this is read from. */
    public static final String FILE_NAME = "config.json";

    /**
     * No real model comes near; a damaged number must not make us look for billions of
     * tensors.
     */
    private static final int MAX_LAYERS = 10_000;

    public ModelConfig {
        requirePositive("hidden_size", hiddenSize);
        requirePositive("intermediate_size", intermediateSize);
        requirePositive("num_hidden_layers", layers);
        requirePositive("num_attention_heads", heads);
        requirePositive("num_key_value_heads", keyValueHeads);
        requirePositive("head_dim", headDim);
        requirePositive("vocab_size", vocabularySize);
        requirePositive("max_position_embeddings", maxPositions);
        if (layers > MAX_LAYERS) {
            throw new IllegalArgumentException("num_hidden_layers must be at most " + MAX_LAYERS + ", was " + layers);
        }
        if (heads % keyValueHeads != 0) {
            throw new IllegalArgumentException("num_attention_heads (" + heads
                    + ") must be a multiple of num_key_value_heads (" + keyValueHeads + ")");
        }
        if (headDim % 2 != 0) {
            throw new IllegalArgumentException(
                    "head_dim must be even, because rotary embedding turns pairs, was " + headDim);
        }
        if ((long) heads * headDim > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "num_attention_heads (" + heads + ") times head_dim (" + headDim + ") is too large");
        }
        if (!(rmsNormEps > 0 && rmsNormEps < 1)) {
            throw new IllegalArgumentException("rms_norm_eps must be in (0, 1), was " + rmsNormEps);
        }
        if (!(ropeTheta > 0) || Double.isInfinite(ropeTheta)) {
            throw new IllegalArgumentException("rope_theta must be positive and finite, was " + ropeTheta);
        }
        if (slidingWindow.isPresent()) {
            requirePositive("sliding_window", slidingWindow.getAsInt());
        }
        if (bosTokenId.isPresent()) {
            requireToken("bos_token_id", bosTokenId.getAsInt(), vocabularySize);
        }
        eosTokenIds = List.copyOf(eosTokenIds);
        for (int token : eosTokenIds) {
            requireToken("eos_token_id", token, vocabularySize);
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

    /** Whether queries and keys are normalised per head before the rotary embedding. */
    public boolean qkNorm() {
        return this.architecture == Architecture.QWEN3;
    }

    /** Width of all query heads together. */
    public int querySize() {
        return this.heads * this.headDim;
    }

    /** Width of all key heads together, and of all value heads. */
    public int keyValueSize() {
        return this.keyValueHeads * this.headDim;
    }

    /**
     * Tokens a sequence may have: the addressable positions, or the sliding window where
     * that is shorter, since up to there full attention computes the same.
     */
    public int contextTokens() {
        return Math.min(this.maxPositions, this.slidingWindow.orElse(this.maxPositions));
    }

    /**
     * What a user should know about how this model is used, one sentence each; empty if
     * there is nothing.
     */
    public List<String> notes() {
        if (contextTokens() == this.maxPositions) {
            return List.of();
        }
        return List
            .of("The context is limited to the sliding window of " + contextTokens() + " tokens (the model allows "
                    + this.maxPositions + "), because sliding attention beyond the window is not implemented");
    }

    /**
     * The rotary frequencies in radians per token, one for each pair of a head.
     * @return a fresh array of {@code headDim / 2} values, each exactly a 32-bit float as
     * in the reference implementation
     */
    public double[] inverseFrequencies() {
        double[] frequencies = new double[this.headDim / 2];
        for (int pair = 0; pair < frequencies.length; pair++) {
            // every intermediate result is rounded to 32 bits, as the tensors of the
            // reference are
            float exponent = (float) (2 * pair) / (float) this.headDim;
            float period = (float) Math.pow((float) this.ropeTheta, exponent);
            frequencies[pair] = this.ropeScaling.scale(1.0f / period);
        }
        return frequencies;
    }

}
