package dev.cerberus.djl;

import java.util.Arrays;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.TargetModel;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.TreeAttentionMask;

/**
 * A target model of the Llama family as TorchScript programs on DJL's PyTorch engine, one
 * native call per step.
 *
 * <p>
 * Confined to one thread at a time. Closing it frees the weights; caches and scores must
 * be closed before.
 */
public final class DjlTargetModel implements TargetModel {

    /** Tokens of a piece of a prompt where that does not matter for the result. */
    private static final int PREFILL_CHUNK = 256;

    private final ModelConfig config;

    private final ModelDimensions dimensions;

    private final TorchDevice device;

    private final Precision precision;

    private final AttentionKernel attention;

    private final NDManager manager;

    private final ScriptModule program;

    private final ScriptModule readers;

    private final ProgramWeights weights;

    private final IValue frequencies; // [maxContext, dim / 2] complex

    private DjlTargetModel(ModelConfig config, int maxContext, TorchDevice device, Precision precision,
            Checkpoint checkpoint, NDManager manager) {
        this.config = config;
        this.dimensions = new ModelDimensions(config.vocabularySize(), config.hiddenSize(), maxContext);
        this.device = device;
        this.precision = precision;
        this.manager = manager;
        LinearKernel kernel = device.linearKernel(precision);
        this.attention = device.attentionKernel(precision, config);
        LlamaProgram source = new LlamaProgram(config, precision, kernel, this.attention);
        this.program = ScriptModule.load(this.manager, source.source("target.py").toString());
        this.readers = ScriptModule.load(this.manager,
                new ProgramSource().files("tables.py", kernel.basis()).toString());
        this.weights = WeightLoader.load(checkpoint, config, precision, kernel, this.manager, device.loadingThreads());
        FreedMemory.giveBack();
        this.frequencies = frequencies(config, maxContext, this.readers, this.manager);
    }

    /**
     * Loads a model.
     * @param config the model's configuration
     * @param checkpoint its weights; may be closed afterwards
     * @param maxContext longest sequence in tokens, 1 or more
     * @param device where to run
     * @param precision number format; the device must support it
     * @return the model; the caller closes it
     * @throws ModelException if a weight is missing or misshapen, or memory runs out
     */
    public static DjlTargetModel load(ModelConfig config, Checkpoint checkpoint, int maxContext, TorchDevice device,
            Precision precision) {
        ExpectedTensors.check(config, checkpoint);
        NDManager manager = device.newManager();
        try {
            return new DjlTargetModel(config, maxContext, device, precision, checkpoint, manager);
        }
        catch (ModelException ex) {
            manager.close();
            throw ex;
        }
        catch (EngineException | IllegalArgumentException ex) {
            manager.close();
            throw new ModelException("The model can not be loaded on " + device.name() + ": " + ex.getMessage(), ex);
        }
    }

    /**
     * Returns the cosines and sines of positions as an argument; the caller closes it.
     * @param tables a program with the methods of {@code tables.py}
     */
    static IValue frequencies(ModelConfig config, int positions, ScriptModule tables, NDManager owner) {
        double[] inverse = config.inverseFrequencies();
        float[] values = new float[inverse.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) inverse[i];
        }
        try (NDArray array = owner.create(values);
                IValue input = ScriptModule.argument(array);
                IValue length = IValue.from((long) positions)) {
            return ScriptModule.argument(tables.callForArray("frequencies", owner, input, length));
        }
    }

    /**
     * Returns an empty cache.
     * @param program a program with the methods of {@code attention.py}
     * @param tables a program with the methods of {@code tables.py}
     * @param owner manager that the cache closes with itself
     */
    static DjlKvCache cache(ModelConfig config, int capacity, ScriptModule program, ScriptModule tables,
            AttentionKernel attention, ProgramWeights weights, NDManager owner) {
        try (IValue like = ScriptModule.argument(weights.embedding());
                IValue type = IValue.from((long) attention.scalarType());
                IValue shape = IValue.listFrom(config.layers(), 2L * config.keyValueHeads(), attention.keys(capacity),
                        config.headDim())) {
            NDArray all = tables.callForArray("cache", owner, like, shape, type);
            return new DjlKvCache(owner, program, attention, all, capacity);
        }
    }

    @Override
    public ModelDimensions dimensions() {
        return this.dimensions;
    }

    /**
     * Returns the number format in use.
     * @return the precision
     */
    public Precision precision() {
        return this.precision;
    }

    /**
     * Returns where the model runs.
     * @return the device
     */
    public TorchDevice device() {
        return this.device;
    }

    /**
     * Returns what brings states and embeddings back into the model's own basis; owned by
     * this model.
     */
    IValue rotation() {
        return this.weights.rotation();
    }

    /**
     * Returns the token embeddings, [vocab, hidden], in the model's run-time basis; owned
     * by this model.
     */
    NDArray embedding() {
        return this.weights.embedding();
    }

    @Override
    public KvCache newCache(int capacityTokens) {
        if (capacityTokens < 1 || capacityTokens > this.dimensions.maxContext()) {
            throw new IllegalArgumentException("a cache holds 1.." + this.dimensions.maxContext()
                    + " tokens for this model, asked for " + capacityTokens);
        }
        NDManager cacheManager = this.manager.newSubManager();
        try {
            return cache(this.config, capacityTokens, this.program, this.readers, this.attention, this.weights,
                    cacheManager);
        }
        catch (EngineException ex) {
            cacheManager.close();
            throw new ModelException("No memory for a KV cache of " + capacityTokens + " tokens on "
                    + this.device.name() + "; lower cerberus.model.max-context or cerberus.engine.max-concurrent", ex);
        }
    }

    @Override
    public NodeScores prefill(KvCache cache, int[] tokens) {
        return prefill(cache, tokens, Math.min(PREFILL_CHUNK, this.device.linearKernel(this.precision).exactRows()));
    }

    NodeScores prefill(KvCache cache, int[] tokens, int chunkTokens) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("prefill needs at least one token");
        }
        DjlKvCache rows = requireRoom(cache, tokens.length);
        for (int from = 0; true; from += chunkTokens) {
            int to = Math.min(from + chunkTokens, tokens.length);
            NodeScores scores = prefillChunk(rows, Arrays.copyOfRange(tokens, from, to));
            if (to == tokens.length) {
                return scores;
            }
            scores.close();
        }
    }

    private NodeScores prefillChunk(DjlKvCache cache, int[] tokens) {
        checkTokens(tokens);
        int keys = cache.keys(tokens.length);
        try (IValue ids = IValue.listFrom(longs(tokens));
                IValue start = IValue.from((long) cache.length());
                IValue width = IValue.from((long) keys);
                IValue caches = IValue.listFrom(cache.seen(keys))) {
            NodeScores scores = scores("prefill", ids, start, width, this.weights.vectors(), this.weights.matrices(),
                    this.frequencies, caches);
            cache.append(tokens.length);
            return scores;
        }
    }

    @Override
    public NodeScores forward(KvCache cache, CandidateTree tree) {
        int n = tree.nodeCount();
        DjlKvCache rows = requireRoom(cache, n);
        if (n > cache.treeRows()) {
            throw new IllegalArgumentException(
                    "a tree may have " + cache.treeRows() + " nodes behind " + cache.length() + " tokens, had " + n);
        }
        int[] tokens = tree.tokens();
        checkTokens(tokens);
        long[] positions = new long[n];
        for (int i = 0; i < n; i++) {
            positions[i] = cache.length() + (long) tree.depth(i);
        }
        int keys = rows.keys(n);
        double[] mask = (n == 1) ? new double[0] : mask(tree);
        try (IValue ids = IValue.listFrom(longs(tokens));
                IValue at = IValue.listFrom(positions);
                IValue start = IValue.from((long) cache.length());
                IValue width = IValue.from((long) keys);
                IValue bias = IValue.listFrom(mask);
                IValue caches = IValue.listFrom(rows.seen(keys))) {
            return scores("step", ids, at, start, width, bias, this.weights.vectors(), this.weights.matrices(),
                    this.frequencies, caches);
        }
    }

    private NodeScores scores(String method, IValue... arguments) {
        NDManager scoresManager = this.manager.newSubManager();
        try {
            NDArray[] out = this.program.callForArrays(method, scoresManager, arguments);
            return new DjlNodeScores(scoresManager, this.readers, this.weights.rotation(), out[0], out[1],
                    out[2].toLongArray(), out[3].toFloatArray());
        }
        catch (EngineException ex) {
            scoresManager.close();
            throw new ModelException("The model failed on " + this.device.name() + ": " + ex.getMessage(), ex);
        }
    }

    private void checkTokens(int[] tokens) {
        for (int token : tokens) {
            if (token < 0 || token >= this.dimensions.vocabularySize()) {
                throw new ModelException("token id " + token + " is outside the model's vocabulary of "
                        + this.dimensions.vocabularySize() + "; tokenizer and model do not belong together");
            }
        }
    }

    private static DjlKvCache requireRoom(KvCache cache, int rows) {
        if (cache.length() + rows > cache.capacity()) {
            throw new IllegalArgumentException("the KV cache holds " + cache.capacity() + " tokens; " + cache.length()
                    + " are committed and " + rows + " more do not fit");
        }
        return (DjlKvCache) cache;
    }

    static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    private static double[] mask(CandidateTree tree) {
        float[] bias = TreeAttentionMask.additive(tree);
        double[] wide = new double[bias.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = bias[i];
        }
        return wide;
    }

    @Override
    public void close() {
        this.weights.close();
        this.frequencies.close();
        this.program.close();
        this.readers.close();
        this.manager.close();
    }

}
