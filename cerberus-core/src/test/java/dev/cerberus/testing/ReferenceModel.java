package dev.cerberus.testing;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelVariant;

/**
 * A target model computed by plain loops in 64-bit arithmetic, straight from its
 * definition, to compare fast implementations with.
 *
 * <p>
 * It recomputes the whole sequence, has no cache, fuses nothing and rearranges no weight.
 * Immutable and thread-safe.
 */
/*
 * The definition is the forward pass of LlamaForCausalLM, MistralForCausalLM,
 * Qwen2ForCausalLM and Qwen3ForCausalLM in Hugging Face transformers; the names of the
 * tensors are the ones it gives them. The four differ only in what the configuration
 * states and in which tensors exist:
 *
 * x = embedding[token] for each layer: a = rmsNorm(x) q, k, v = linear(a), with a bias if
 * there is one, cut into heads q, k = rmsNorm of each head Qwen3 only q, k = rotated by
 * position x = x + linear(attention(q, k, v)) b = rmsNorm(x) x = x + down(silu(gate(b)) *
 * up(b)) logits = linear(rmsNorm(x))
 */
public final class ReferenceModel {

    private final ModelConfig config;

    private final Map<String, float[]> weights;

    private ReferenceModel(ModelConfig config, Map<String, float[]> weights) {
        if (config.distinctKinds().size() > 1 || config.slidingWindow().isPresent()
                || !config.variant()
                    .withQkNorm(ModelVariant.QkNorm.NONE)
                    .equals(ModelVariant.llama(config.headDim()))) {
            throw new IllegalArgumentException("the reference does not compute " + config.architecture());
        }
        this.config = config;
        this.weights = weights;
    }

    /**
     * Reads a model.
     * @param directory a Hugging Face model directory
     * @return the model, with all its weights in memory
     */
    public static ReferenceModel read(Path directory) {
        Map<String, float[]> weights = new HashMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            for (String name : checkpoint.names()) {
                weights.put(name, checkpoint.floats(name));
            }
        }
        return new ReferenceModel(ModelConfig.read(directory), weights);
    }

    /**
     * Computes what the model says about the token after each position.
     * @param tokens token ids; at most {@link ModelConfig#contextTokens()}
     * @return the logits, [tokens, vocab]
     */
    public double[][] logits(int[] tokens) {
        double[][] states = hiddenStates(tokens);
        double[][] logits = new double[tokens.length][];
        for (int position = 0; position < tokens.length; position++) {
            logits[position] = linear(states[position],
                    this.config.tieWordEmbeddings() ? "model.embed_tokens" : "lm_head");
        }
        return logits;
    }

    /**
     * Computes the hidden states after the last norm.
     * @param tokens token ids, as for {@link #logits}
     * @return the states, [tokens, hidden]
     */
    public double[][] hiddenStates(int[] tokens) {
        if (tokens.length > this.config.contextTokens()) {
            throw new IllegalArgumentException("the reference computes at most " + this.config.contextTokens()
                    + " tokens of this model, was " + tokens.length);
        }
        double[][] x = new double[tokens.length][];
        for (int position = 0; position < tokens.length; position++) {
            x[position] = embedding(tokens[position]);
        }
        for (int layer = 0; layer < this.config.layers(); layer++) {
            addAttention(x, "model.layers." + layer + ".");
            addFeedForward(x, "model.layers." + layer + ".");
        }
        double[][] states = new double[tokens.length][];
        for (int position = 0; position < tokens.length; position++) {
            states[position] = rmsNorm(x[position], "model.norm");
        }
        return states;
    }

    private double[] embedding(int token) {
        float[] table = weight("model.embed_tokens.weight");
        int hidden = this.config.hiddenSize();
        double[] row = new double[hidden];
        for (int i = 0; i < hidden; i++) {
            row[i] = table[token * hidden + i];
        }
        return row;
    }

    private void addAttention(double[][] x, String layer) {
        int length = x.length;
        double[][][] queries = new double[length][][]; // [position][head][headDim]
        double[][][] keys = new double[length][][]; // [position][key-value head][headDim]
        double[][][] values = new double[length][][];
        for (int position = 0; position < length; position++) {
            double[] a = rmsNorm(x[position], layer + "input_layernorm");
            queries[position] = heads(linear(a, layer + "self_attn.q_proj"), this.config.heads());
            keys[position] = heads(linear(a, layer + "self_attn.k_proj"), this.config.keyValueHeads());
            values[position] = heads(linear(a, layer + "self_attn.v_proj"), this.config.keyValueHeads());
            prepare(queries[position], layer + "self_attn.q_norm", position);
            prepare(keys[position], layer + "self_attn.k_norm", position);
        }
        for (int position = 0; position < length; position++) {
            double[] attended = attention(queries[position], keys, values, position);
            add(x[position], linear(attended, layer + "self_attn.o_proj"));
        }
    }

    private void addFeedForward(double[][] x, String layer) {
        for (double[] row : x) {
            double[] b = rmsNorm(row, layer + "post_attention_layernorm");
            double[] gate = linear(b, layer + "mlp.gate_proj");
            double[] up = linear(b, layer + "mlp.up_proj");
            double[] product = new double[gate.length];
            for (int i = 0; i < gate.length; i++) {
                double silu = gate[i] / (1 + Math.exp(-gate[i]));
                product[i] = silu * up[i];
            }
            add(row, linear(product, layer + "mlp.down_proj"));
        }
    }

    private double[][] heads(double[] row, int count) {
        int dim = this.config.headDim();
        double[][] heads = new double[count][dim];
        for (int head = 0; head < count; head++) {
            System.arraycopy(row, head * dim, heads[head], 0, dim);
        }
        return heads;
    }

    private void prepare(double[][] heads, String norm, int position) {
        for (int head = 0; head < heads.length; head++) {
            double[] normed = this.weights.containsKey(norm + ".weight") ? rmsNorm(heads[head], norm) : heads[head];
            heads[head] = rotated(normed, position);
        }
    }

    /** Turns element i of the first half of a head against element i of the second. */
    private double[] rotated(double[] head, int position) {
        float[] frequencies = this.config.layerKinds().get(0).rotary().inverseFrequencies(this.config.contextTokens());
        int half = head.length / 2;
        double[] result = new double[head.length];
        for (int i = 0; i < half; i++) {
            double cos = Math.cos(position * frequencies[i]);
            double sin = Math.sin(position * frequencies[i]);
            result[i] = head[i] * cos - head[half + i] * sin;
            result[half + i] = head[half + i] * cos + head[i] * sin;
        }
        return result;
    }

    private double[] attention(double[][] queries, double[][][] keys, double[][][] values, int position) {
        int dim = this.config.headDim();
        int queriesPerKey = this.config.heads() / this.config.keyValueHeads();
        double[] result = new double[queries.length * dim];
        for (int head = 0; head < queries.length; head++) {
            int shared = head / queriesPerKey;
            double[] shares = new double[position + 1];
            for (int seen = 0; seen <= position; seen++) {
                shares[seen] = dot(queries[head], keys[seen][shared]) / Math.sqrt(dim);
            }
            softmax(shares);
            for (int seen = 0; seen <= position; seen++) {
                for (int i = 0; i < dim; i++) {
                    result[head * dim + i] += shares[seen] * values[seen][shared][i];
                }
            }
        }
        return result;
    }

    private double[] rmsNorm(double[] x, String name) {
        float[] scale = weight(name + ".weight");
        double rms = Math.sqrt(dot(x, x) / x.length + this.config.rmsNormEps());
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            result[i] = scale[i] * x[i] / rms;
        }
        return result;
    }

    /** Multiplies by a matrix [outputs, inputs] and adds the bias if there is one. */
    private double[] linear(double[] x, String name) {
        float[] matrix = weight(name + ".weight");
        float[] bias = this.weights.get(name + ".bias");
        double[] result = new double[matrix.length / x.length];
        for (int row = 0; row < result.length; row++) {
            double sum = (bias != null) ? bias[row] : 0;
            for (int i = 0; i < x.length; i++) {
                sum += matrix[row * x.length + i] * x[i];
            }
            result[row] = sum;
        }
        return result;
    }

    private float[] weight(String name) {
        float[] values = this.weights.get(name);
        if (values == null) {
            throw new IllegalArgumentException("the model has no tensor " + name);
        }
        return values;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void softmax(double[] values) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            max = Math.max(max, value);
        }
        double total = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.exp(values[i] - max);
            total += values[i];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= total;
        }
    }

    private static void add(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            x[i] += y[i];
        }
    }

}
