package dev.cerberus.djl;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.WeightsCache;
import dev.cerberus.model.Ahead;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.tree.CandidateTree;

/**
 * A target model of the Llama family as TorchScript programs on DJL's PyTorch engine, one
 * native call per step.
 *
 * <p>
 * Confined to one thread at a time. Closing it frees the weights; caches and scores must
 * be closed before.
 */
public final class DjlTargetModel implements TargetModel {

    private static final Logger LOGGER = LoggerFactory.getLogger(DjlTargetModel.class);

    private static final int TRIAL_ROWS = 16;

    /** Little of a smaller model's step can be shared. */
    private static final long SMALL_MODEL_PARAMETERS = 64_000_000;

    private final ModelConfig config;

    private final ModelDimensions dimensions;

    private final TorchDevice device;

    private final Precision precision;

    private final AttentionKernel attention;

    private final NDManager manager;

    private final ForwardPass pass;

    private final ScriptModule readers;

    private final ProgramWeights weights;

    private final IValue frequencies; // see tables.py

    private final SameBits sameBits;

    private Optional<ThreadChoice> threads = Optional.empty();

    private DjlTargetModel(ModelConfig config, int maxContext, TorchDevice device, Precision precision,
            Supplier<AttentionKernel> attention, Checkpoint checkpoint, WeightsCache cache, NDManager manager,
            Deque<AutoCloseable> open) {
        this.config = config;
        this.dimensions = new ModelDimensions(config.vocabularySize(), config.hiddenSize(), maxContext);
        this.device = device;
        this.precision = precision;
        this.manager = manager;
        LinearKernel kernel = device.linearKernel(precision);
        this.readers = ScriptModule.load(this.manager,
                new ProgramSource().files("tables.py", kernel.basis()).toString());
        this.weights = WeightLoader.load(checkpoint, config, precision, kernel, cache, this.manager,
                device.loadingThreads());
        open.push(this.weights);
        FreedMemory.giveBack();
        this.attention = attention.get();
        LlamaProgram program = new LlamaProgram(config, precision, kernel, this.attention);
        this.sameBits = new SameBits(config, kernel, precision, this.weights, this.manager);
        this.frequencies = RotaryTables.frequencies(config, maxContext, this.readers, this.manager);
        open.push(this.frequencies);
        this.pass = this.attention.pooled()
                ? new PooledForward(program, this.readers, this.weights, this.frequencies, this.manager)
                : new SeparateForward(program, this.readers, this.weights, this.frequencies, this.manager);
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
        return load(config, checkpoint, maxContext, device, precision, WeightsCache.none());
    }

    /**
     * Loads a model whose weights may be kept from one start to the next.
     * @param config the model's configuration
     * @param checkpoint its weights; may be closed afterwards
     * @param maxContext longest sequence in tokens, 1 or more
     * @param device where to run
     * @param precision number format; the device must support it
     * @param cache where they may be kept
     * @return the model; the caller closes it
     * @throws ModelException if a weight is missing or misshapen, or memory runs out
     */
    public static DjlTargetModel load(ModelConfig config, Checkpoint checkpoint, int maxContext, TorchDevice device,
            Precision precision, WeightsCache cache) {
        try (Ahead<AttentionKernel> attention = Ahead.start("cerberus-attention", () -> {
            OperatorThreads.use(1); // see there
            return device.attentionKernel(precision, config);
        })) {
            return load(config, checkpoint, maxContext, device, precision, cache, attention::take);
        }
    }

    static DjlTargetModel load(ModelConfig config, Checkpoint checkpoint, int maxContext, TorchDevice device,
            Precision precision, WeightsCache cache, Supplier<AttentionKernel> attention) {
        return load(config, checkpoint, maxContext, device, precision, cache, attention, new ArrayDeque<>());
    }

    /**
     * Loads a model.
     * @param attention tells how it attends; asked once the weights are loaded
     * @param open takes what was opened; all of it is closed where loading fails
     */
    static DjlTargetModel load(ModelConfig config, Checkpoint checkpoint, int maxContext, TorchDevice device,
            Precision precision, WeightsCache cache, Supplier<AttentionKernel> attention, Deque<AutoCloseable> open) {
        ExpectedTensors.check(config, checkpoint);
        NDManager manager = device.newManager();
        open.push(manager);
        boolean loaded = false;
        try {
            DjlTargetModel model = new DjlTargetModel(config, maxContext, device, precision, attention, checkpoint,
                    cache, manager, open);
            loaded = true;
            return model;
        }
        catch (EngineException | IllegalArgumentException ex) {
            throw device.loadingFailed(config, precision, ex);
        }
        finally {
            if (!loaded) {
                open.forEach(DjlTargetModel::close);
            }
        }
    }

    private static void close(AutoCloseable opened) {
        try {
            opened.close();
        }
        catch (Exception ex) {
            LOGGER.warn("A part of a model that could not be loaded could not be freed", ex);
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
        try {
            return this.pass.newCache(capacityTokens);
        }
        catch (EngineException ex) {
            throw OutOfMemory.ofCache(capacityTokens + " tokens on " + this.device.name(), ex);
        }
    }

    @Override
    public void expectRows(long rows) {
        this.pass.expectRows(rows);
    }

    @Override
    public long cacheBytesPerToken() {
        return 2L * this.config.layers() * this.config.keyValueSize() * this.attention.bytes();
    }

    @Override
    public int rowLimit() {
        return Math.min(this.device.rowLimit(), this.device.linearKernel(this.precision).exactRows());
    }

    @Override
    public int treeRows() {
        return Math.min(this.attention.treeRows(0), this.device.linearKernel(this.precision).exactRows());
    }

    @Override
    public List<NodeScores> forward(List<Span> spans) {
        check(spans);
        List<NodeScores> scores = run(spans);
        for (Span span : spans) {
            if (span instanceof Span.Piece piece) {
                ((TokenCache) piece.cache()).append(piece.rows());
            }
        }
        return scores;
    }

    /**
     * Runs steps on as many threads as make them fastest from now on: one, or up to one
     * per processor that this process may use, looked at again while it works. By default
     * a step has the threads of the one that calls it, and so it stays on a GPU and for a
     * small model.
     * @return the largest number taken
     */
    public int useFastestThreads() {
        if (!this.device.isCpu() || ExpectedTensors.parameters(this.config) <= SMALL_MODEL_PARAMETERS) {
            return OperatorThreads.own();
        }
        return chooseThreads();
    }

    /**
     * Has operators run on a number of threads, as the calling thread from now on, or on
     * half as many, a quarter and so on where products of more threads would have other
     * bits than those of one, so that drafts could change an answer.
     * @param wanted 1 or more
     * @return the number taken
     */
    public int useThreads(int wanted) {
        int taken = this.sameBits.most(wanted);
        OperatorThreads.use(taken);
        return taken;
    }

    /** Finds out how many threads are fastest, whatever the size of the model is. */
    int chooseThreads() {
        int processors = Runtime.getRuntime().availableProcessors();
        int fastest = new FastestThreads(this::trial, OperatorThreads::use, this::keepsBits, System::nanoTime)
            .find(processors);
        int later = (processors > 1 && keepsBits(2)) ? 2 : 1;
        this.threads = Optional.of((fastest > 1) ? new ThreadChoice(fastest, System::nanoTime)
                : ThreadChoice.beginningAlone(later, System::nanoTime));
        return fastest;
    }

    private boolean keepsBits(int threads) {
        return this.sameBits.most(threads) == threads;
    }

    /** Takes a plain step, and one of the size of a tree or of a piece of a prompt. */
    private void trial() {
        int rows = Math.min(TRIAL_ROWS, Math.min(rowLimit(), this.dimensions.maxContext()));
        try (KvCache cache = newCache(rows)) {
            run(List.of(new Span.Tree(cache, CandidateTree.rootOnly(0)))).forEach(NodeScores::close);
            run(List.of(new Span.Piece(cache, new int[rows], true))).forEach(NodeScores::close);
        }
    }

    private List<NodeScores> run(List<Span> spans) {
        if (this.threads.isEmpty()) {
            return pass(spans);
        }
        int rows = spans.stream().mapToInt(Span::rows).sum();
        int taken = this.threads.get().threads(rows);
        OperatorThreads.use(taken);
        long start = System.nanoTime();
        List<NodeScores> scores = pass(spans);
        this.threads.get().took(rows, taken, System.nanoTime() - start);
        return scores;
    }

    private List<NodeScores> pass(List<Span> spans) {
        NDManager scope = this.manager.newSubManager();
        try {
            return this.pass.run(spans, scope);
        }
        catch (EngineException ex) {
            scope.close();
            throw this.device.stepFailed("The model", ex);
        }
        catch (RuntimeException | Error ex) { // such as a full heap
            scope.close();
            throw ex;
        }
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
        this.pass.close();
        this.weights.close();
        this.frequencies.close();
        this.readers.close();
        this.manager.close();
    }

}
