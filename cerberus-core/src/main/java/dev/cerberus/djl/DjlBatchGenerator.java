package dev.cerberus.djl;

import java.util.Arrays;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.ModelException;

/**
 * A target model that writes many independent sequences at once, for data rather than for
 * users.
 *
 * <p>
 * Sequences live in slots, which fill from 0 without gaps; a slot has a KV cache of its
 * own. Every token written comes with the hidden state that it was chosen from. Confined
 * to one thread. The caller closes it.
 */
public final class DjlBatchGenerator implements AutoCloseable {

    private final ModelConfig config;

    private final int slots;

    private final int capacity;

    private final double scale;

    private final int ranks;

    private final NDManager manager;

    private final ScriptModule program;

    private final ProgramWeights weights;

    private final IValue frequencies;

    private final DjlKvCache[] caches; // [slots]

    private final int[] last; // token chosen last and not yet in the cache, [slots]

    private int active;

    private DjlBatchGenerator(ModelConfig config, Checkpoint checkpoint, TorchDevice device, Precision precision,
            int slots, int capacity, double temperature, int ranks) {
        this.config = config;
        this.slots = slots;
        this.capacity = capacity;
        this.scale = 1 / temperature;
        this.ranks = ranks;
        this.last = new int[slots];
        this.caches = new DjlKvCache[slots];
        this.manager = device.newManager();
        LinearKernel kernel = device.linearKernel(precision);
        AttentionKernel attention = device.attentionKernel(precision, config);
        LlamaProgram llama = new LlamaProgram(config, precision, kernel, attention);
        this.program = ScriptModule.load(this.manager,
                llama.source("tables.py", "batch.py", kernel.basis()).toString());
        this.weights = WeightLoader.load(checkpoint, config, precision, kernel, this.manager, device.loadingThreads());
        FreedMemory.giveBack();
        this.frequencies = DjlTargetModel.frequencies(config, capacity, this.program, this.manager);
        for (int i = 0; i < slots; i++) {
            this.caches[i] = DjlTargetModel.cache(config, capacity, this.program, this.program, attention, this.weights,
                    this.manager.newSubManager());
        }
    }

    /**
     * Loads a model.
     * @param config the model's configuration
     * @param checkpoint its weights; may be closed afterwards
     * @param device where to run
     * @param precision number format; the device must support it
     * @param slots the most sequences at a time, at least 1
     * @param capacity longest sequence in tokens, prompt included, at least 2
     * @param temperature temperature of the sampled sequences, positive
     * @param ranks most probable tokens reported with every token, at least 1
     * @return the generator; the caller closes it
     * @throws ModelException if a weight is missing or misshapen, or memory runs out
     */
    public static DjlBatchGenerator load(ModelConfig config, Checkpoint checkpoint, TorchDevice device,
            Precision precision, int slots, int capacity, double temperature, int ranks) {
        if (slots < 1 || capacity < 2 || !(temperature > 0) || ranks < 1) {
            throw new IllegalArgumentException("slots, capacity, temperature and ranks must be positive, were " + slots
                    + ", " + capacity + ", " + temperature + " and " + ranks);
        }
        ExpectedTensors.check(config, checkpoint);
        try {
            return new DjlBatchGenerator(config, checkpoint, device, precision, slots, capacity, temperature,
                    Math.min(ranks, config.vocabularySize()));
        }
        catch (EngineException ex) {
            throw new ModelException("The model can not be loaded for " + slots + " sequences of " + capacity
                    + " tokens on " + device.name() + ": " + ex.getMessage(), ex);
        }
    }

    /**
     * Returns the number of sequences being written.
     * @return 0..slots
     */
    public int active() {
        return this.active;
    }

    /**
     * Returns whether another sequence can begin.
     * @return whether a slot is free
     */
    public boolean hasRoom() {
        return this.active < this.slots;
    }

    /**
     * Begins a sequence in the next slot and writes its first token.
     * @param prompt token ids, 1..capacity - 1
     * @param uniform in [0, 1) to sample, negative for the most probable token
     * @return the first token
     */
    public Written begin(int[] prompt, double uniform) {
        if (!hasRoom() || prompt.length == 0 || prompt.length >= this.capacity) {
            throw new IllegalArgumentException("a sequence needs a free slot and a prompt of 1.." + (this.capacity - 1)
                    + " tokens, was " + prompt.length);
        }
        int slot = this.active++;
        DjlKvCache cache = this.caches[slot];
        cache.truncate(0);
        int keys = cache.keys(prompt.length);
        try (IValue ids = IValue.listFrom(DjlTargetModel.longs(prompt));
                IValue count = IValue.from((long) keys);
                IValue uniforms = IValue.listFrom(new double[] { uniform });
                IValue seen = IValue.listFrom(cache.seen(keys))) {
            Written written = written("begin", 1, seen, ids, count, uniforms);
            cache.append(prompt.length);
            this.last[slot] = written.tokens()[0];
            return written;
        }
    }

    /**
     * Writes the next token of every sequence.
     * @param uniforms a number per sequence as in {@link #begin}, [active]
     * @return the tokens, [active]
     */
    public Written advance(double[] uniforms) {
        int b = this.active;
        int[] lengths = new int[b];
        int[] keys = new int[b];
        IValue[] seen = new IValue[b];
        for (int i = 0; i < b; i++) {
            DjlKvCache cache = this.caches[i];
            if (cache.length() == this.capacity) {
                throw new IllegalStateException("a sequence is as long as its cache; end it first");
            }
            lengths[i] = cache.length();
            keys[i] = cache.keys(1);
            seen[i] = cache.seen(keys[i]);
        }
        try (IValue tokens = IValue.listFrom(DjlTargetModel.longs(Arrays.copyOf(this.last, b)));
                IValue positions = IValue.listFrom(DjlTargetModel.longs(lengths));
                IValue widths = IValue.listFrom(DjlTargetModel.longs(keys));
                IValue numbers = IValue.listFrom(uniforms);
                IValue views = IValue.listFrom(seen)) {
            Written written = written("advance", b, views, tokens, positions, widths, numbers);
            for (int i = 0; i < b; i++) {
                this.caches[i].append(1);
                this.last[i] = written.tokens()[i];
            }
            return written;
        }
    }

    /**
     * Returns the number of tokens of a sequence, the last one included.
     * @param slot the slot
     * @return tokens
     */
    public int length(int slot) {
        return this.caches[slot].length() + 1;
    }

    /**
     * Ends a sequence; the one in the last slot takes its place.
     * @param slot the slot to free
     */
    public void end(int slot) {
        this.active--;
        DjlKvCache freed = this.caches[slot];
        this.caches[slot] = this.caches[this.active];
        this.caches[this.active] = freed;
        this.last[slot] = this.last[this.active];
    }

    /** Calls the program with what is special to a method before what all have. */
    private Written written(String method, int rows, IValue views, IValue... first) {
        try (NDManager scope = this.manager.newSubManager();
                IValue factor = IValue.from(this.scale);
                IValue count = IValue.from((long) this.ranks)) {
            IValue[] all = { factor, count, this.weights.vectors(), this.weights.matrices(), this.frequencies,
                    this.weights.rotation(), views };
            IValue[] arguments = Arrays.copyOf(first, first.length + all.length);
            System.arraycopy(all, 0, arguments, first.length, all.length);
            NDArray[] out = this.program.callForArrays(method, scope, arguments);
            float[] numbers = out[0].toFloatArray();
            int[] tokens = new int[rows];
            int[][] likely = new int[rows][this.ranks];
            float[][] probabilities = new float[rows][];
            int width = 1 + 2 * this.ranks;
            for (int i = 0; i < rows; i++) {
                tokens[i] = (int) numbers[i * width];
                probabilities[i] = Arrays.copyOfRange(numbers, i * width + 1, i * width + 1 + this.ranks);
                for (int j = 0; j < this.ranks; j++) {
                    likely[i][j] = (int) numbers[i * width + 1 + this.ranks + j];
                }
            }
            return new Written(tokens, out[1].toByteArray(), likely, probabilities);
        }
        catch (EngineException ex) {
            throw new ModelException("The model failed: " + ex.getMessage(), ex);
        }
    }

    /**
     * Returns the width of the hidden states in bytes: two per element.
     * @return bytes of one row of {@link Written#hidden()}
     */
    public int hiddenBytes() {
        return 2 * this.config.hiddenSize();
    }

    @Override
    public void close() {
        this.weights.close();
        this.frequencies.close();
        Arrays.stream(this.caches).forEach(DjlKvCache::close);
        this.program.close();
        this.manager.close();
    }

    /**
     * One token of every sequence.
     *
     * @param tokens token ids, [sequences]
     * @param hidden the hidden states that they were chosen from, [sequences, hidden] as
     * little-endian bf16
     * @param likely the most probable tokens at temperature 1, [sequences][ranks]
     * @param probabilities their probabilities, [sequences][ranks]
     */
    public record Written(int[] tokens, byte[] hidden, int[][] likely, float[][] probabilities) {
    }

}
