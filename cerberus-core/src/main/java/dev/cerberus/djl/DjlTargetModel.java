package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.LayerKind;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.RotaryEmbedding;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;

/**
 * A target model of the Llama family as TorchScript programs on DJL's PyTorch engine, one
 * native call per step.
 *
 * <p>
 * Confined to one thread at a time. Closing it frees the weights; caches and scores must
 * be closed before.
 */
public final class DjlTargetModel implements TargetModel {

    /** Rows of a forward where more would not change the result. */
    private static final int MOST_ROWS = 256;

    private final ModelConfig config;

    private final ModelDimensions dimensions;

    private final TorchDevice device;

    private final Precision precision;

    private final AttentionKernel attention;

    private final NDManager manager;

    private final ScriptModule program;

    private final ScriptModule readers;

    private final ProgramWeights weights;

    private final IValue frequencies; // see tables.py

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
            throw device.loadingFailed(config, precision, ex);
        }
    }

    /**
     * Returns the cosines and sines of positions as an argument; the caller closes it.
     * @param tables a program with the methods of {@code tables.py}
     */
    static IValue frequencies(ModelConfig config, int positions, ScriptModule tables, NDManager owner) {
        int pairs = config.headDim() / 2;
        List<LayerKind> kinds = config.distinctKinds();
        float[] inverse = new float[kinds.size() * pairs]; // 0 for a pair at rest
        float[] magnitudes = new float[inverse.length];
        Arrays.fill(magnitudes, 1);
        float[] growth = new float[0];
        for (int kind = 0; kind < kinds.size(); kind++) {
            RotaryEmbedding rotary = kinds.get(kind).rotary();
            float[] own = rotary.inverseFrequencies(positions);
            System.arraycopy(own, 0, inverse, kind * pairs, own.length);
            Arrays.fill(magnitudes, kind * pairs, kind * pairs + own.length, (float) rotary.scaling().magnitude());
            if (rotary.queryGrowth().isPresent()) {
                growth = growth(rotary.queryGrowth().get(), positions);
            }
        }
        try (NDArray angles = owner.create(inverse);
                NDArray lengths = owner.create(magnitudes);
                NDArray growths = owner.create(growth);
                IValue input = ScriptModule.argument(angles);
                IValue factors = ScriptModule.argument(lengths);
                IValue queries = ScriptModule.argument(growths);
                IValue length = IValue.from((long) positions)) {
            return ScriptModule.argument(tables.callForArray("frequencies", owner, input, factors, queries, length));
        }
    }

    private static float[] growth(RotaryEmbedding.QueryGrowth growth, int positions) {
        float[] factors = new float[positions];
        for (int i = 0; i < positions; i++) {
            factors[i] = growth.at(i);
        }
        return factors;
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
                    + this.device.name() + "; lower cerberus.engine.kv-cache-tokens or cerberus.model.max-context", ex);
        }
    }

    @Override
    public long cacheBytesPerToken() {
        return 2L * this.config.layers() * this.config.keyValueSize() * this.attention.bytes();
    }

    @Override
    public int rowLimit() {
        return Math.min(MOST_ROWS, this.device.linearKernel(this.precision).exactRows());
    }

    @Override
    public List<NodeScores> forward(List<Span> spans) {
        check(spans);
        List<NodeScores> scores = run(spans);
        for (Span span : spans) {
            if (span instanceof Span.Piece piece) {
                ((DjlKvCache) piece.cache()).append(piece.rows());
            }
        }
        return scores;
    }

    private List<NodeScores> run(List<Span> spans) {
        NDManager scope = this.manager.newSubManager();
        try (SpanRows rows = new SpanRows(spans)) {
            NDArray[] out;
            if (rows.scoredCount() > 0) {
                out = this.program.callForArrays("step", scope, rows.tokens(), rows.positions(), rows.spans(),
                        rows.keys(), rows.trees(), rows.scored(), this.weights.vectors(), this.weights.matrices(),
                        this.frequencies, rows.caches());
            }
            else {
                this.program.callForArray("states", scope, rows.tokens(), rows.positions(), rows.spans(), rows.keys(),
                        rows.trees(), this.weights.vectors(), this.weights.matrices(), this.frequencies, rows.caches())
                    .close();
                out = new NDArray[0];
            }
            return split(spans, new ForwardTensors(scope, this.readers, this.weights.rotation(), out, spans.size()));
        }
        catch (EngineException ex) {
            scope.close();
            throw new ModelException("The model failed on " + this.device.name() + ": " + ex.getMessage(), ex);
        }
    }

    private static List<NodeScores> split(List<Span> spans, ForwardTensors tensors) {
        List<NodeScores> scores = new ArrayList<>();
        int first = 0;
        for (Span span : spans) {
            scores.add(new DjlNodeScores(tensors, first, span.scoredRows()));
            first += span.scoredRows();
        }
        return scores;
    }

    private void check(List<Span> spans) {
        if (spans.isEmpty()) {
            throw new IllegalArgumentException("a forward needs at least one span");
        }
        Set<KvCache> caches = new HashSet<>();
        for (Span span : spans) {
            KvCache cache = span.cache();
            if (!caches.add(cache)) {
                throw new IllegalArgumentException("two spans of a forward share a cache; give each sequence its own");
            }
            requireRoom(cache, span.rows());
            if (span instanceof Span.Tree && span.rows() > cache.treeRows()) {
                throw new IllegalArgumentException("a tree may have " + cache.treeRows() + " nodes behind "
                        + cache.length() + " tokens, had " + span.rows());
            }
            checkTokens(span.tokens());
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

    private static void requireRoom(KvCache cache, int rows) {
        if (cache.length() + rows > cache.capacity()) {
            throw new IllegalArgumentException("the KV cache holds " + cache.capacity() + " tokens; " + cache.length()
                    + " are committed and " + rows + " more do not fit");
        }
    }

    static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
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
