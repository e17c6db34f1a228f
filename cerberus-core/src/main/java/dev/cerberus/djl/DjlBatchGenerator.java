package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
 * Sequences live in slots, which fill from 0 without gaps; a slot is a row of one padded
 * KV cache. Every token written comes with the hidden state that it was chosen from.
 * Confined to one thread. The caller closes it.
 */
public final class DjlBatchGenerator implements AutoCloseable {

    /*
     * A sampled token is the one at which the cumulative probability passes a uniform
     * number that the caller draws, so that what a sequence says depends on its own
     * numbers alone. A negative number asks for the most probable token.
     */
    private static final String CHOICE = """
              def choose(self: __torch__.M, h: Tensor, logits: Tensor, uniforms: List[float], scale: float,
                         ranks: int) -> Tuple[Tensor, Tensor, Tensor]:
                y = torch.to(logits, 6)
                u = torch.unsqueeze(torch.tensor(uniforms, dtype=6, device=ops.prim.device(y)), 1)
                p = torch.softmax(torch.mul(y, scale), 1)
                below = torch.lt(torch.cumsum(p, 1), u)
                drawn = torch.clamp(torch.sum(below, [1], False), 0, torch.sub(torch.size(y, 1), 1))
                chosen = torch.where(torch.lt(torch.squeeze(u, 1), 0.), torch.argmax(y, 1), drawn)
                likely, at, = torch.topk(torch.softmax(y, 1), ranks, 1)
                return (torch.cat([torch.unsqueeze(torch.to(chosen, 6), 1), likely, torch.to(at, 6)], 1),
                        torch.view_copy(torch.contiguous(torch.to(h, 15)), dtype=0), chosen)
              def begin(self: __torch__.M, slot: int, ids: List[int], uniforms: List[float], scale: float, ranks: int,
                        vs: List[Tensor], ms: List[Tensor], frequencies: Tensor,
                        kv: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
                rows = annotate(List[Tensor], [])
                for i in range(torch.len(kv)):
                  _1 = torch.append(rows, torch.select(kv[i], 0, slot))
                h, logits, best, = (self).prefill(ids, 0, vs, ms, frequencies, rows)
                return (self).choose(h, logits, uniforms, scale, ranks)
              def move(self: __torch__.M, source: int, target: int, length: int, kv: List[Tensor]) -> int:
                for i in range(torch.len(kv)):
                  written = torch.slice(torch.select(kv[i], 0, source), 0, 0, length)
                  _1 = torch.copy_(torch.slice(torch.select(kv[i], 0, target), 0, 0, length), written)
                return length
            """;

    private static final String SETUP = """
              def cache(self: __torch__.M, like: Tensor, shape: List[int], precision: int) -> Tensor:
                return torch.zeros(shape, dtype=precision, device=ops.prim.device(like))
              def frequencies(self: __torch__.M, inverse: Tensor, length: int) -> Tensor:
                positions = torch.arange(0, length, dtype=6, device=ops.prim.device(inverse))
                angles = torch.outer(positions, inverse)
                return torch.complex(torch.cos(angles), torch.sin(angles))
            """;

    private final ModelConfig config;

    private final int slots;

    private final int capacity;

    private final double scale;

    private final int ranks;

    private final NDManager manager;

    private final ScriptModule program;

    private final ProgramWeights weights;

    private final IValue frequencies;

    private final IValue caches; // [slots, capacity, 2·kv, dim] per layer

    private final int[] lengths; // tokens in the cache, [slots]

    private final int[] last; // token chosen last and not yet in the cache, [slots]

    private int active;

    private DjlBatchGenerator(ModelConfig config, Checkpoint checkpoint, TorchDevice device, Precision precision,
            int slots, int capacity, double temperature, int ranks) {
        this.config = config;
        this.slots = slots;
        this.capacity = capacity;
        this.scale = 1 / temperature;
        this.ranks = ranks;
        this.lengths = new int[slots];
        this.last = new int[slots];
        this.manager = device.newManager();
        LinearKernel kernel = device.linearKernel(precision);
        LlamaProgram llama = new LlamaProgram(config, precision, kernel);
        this.program = ScriptModule.load(this.manager,
                llama.source() + CHOICE + SETUP + advance(config, precision, kernel, llama));
        try (WeightLoader loader = new WeightLoader(checkpoint, precision, kernel, this.manager)) {
            this.weights = loader.load(config);
        }
        float[] inverse = new float[config.headDim() / 2];
        double[] exact = config.inverseFrequencies();
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = (float) exact[i];
        }
        try (NDArray array = this.manager.create(inverse);
                IValue input = ScriptModule.argument(array);
                IValue length = IValue.from((long) capacity);
                IValue like = ScriptModule.argument(this.weights.embedding());
                IValue type = IValue.from((long) precision.scalarType());
                IValue shape = IValue.listFrom(slots, capacity, 2L * config.keyValueHeads(), config.headDim())) {
            this.frequencies = ScriptModule
                .argument(this.program.callForArray("frequencies", this.manager, input, length));
            List<NDArray> layers = new ArrayList<>();
            for (int i = 0; i < config.layers(); i++) {
                layers.add(this.program.callForArray("cache", this.manager, like, shape, type));
            }
            this.caches = ScriptModule.listArgument(layers);
        }
    }

    /**
     * Loads a model.
     * @param config the model's configuration
     * @param checkpoint its weights; may be closed afterwards
     * @param device where to run
     * @param precision number format, not int8; the device must support it
     * @param slots the most sequences at a time, at least 1
     * @param capacity longest sequence in tokens, prompt included, at least 2
     * @param temperature temperature of the sampled sequences, positive
     * @param ranks most probable tokens reported with every token, at least 1
     * @return the generator; the caller closes it
     * @throws ModelException if a weight is missing or misshapen, or memory runs out
     */
    public static DjlBatchGenerator load(ModelConfig config, Checkpoint checkpoint, TorchDevice device,
            Precision precision, int slots, int capacity, double temperature, int ranks) {
        if (precision == Precision.INT8) {
            throw new IllegalArgumentException("batches are written in fp32, bf16 or fp16, not in int8");
        }
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

    /*
     * The same layers as LlamaProgram's, with one token per sequence and a position of
     * its own for each: x is [slots, hidden]. Rows beyond a sequence's length are masked.
     */
    private static String advance(ModelConfig config, Precision precision, LinearKernel kernel, LlamaProgram llama) {
        int heads = config.heads();
        int kv = config.keyValueHeads();
        int dim = config.headDim();
        int next = 2;
        String qkvBias = config.attentionBias() ? "vs[at + " + next++ + "]" : "None";
        String outputBias = config.attentionOutputBias() ? "vs[at + " + next++ + "]" : "None";
        String norms = "";
        if (config.qkNorm()) {
            norms = """
                          qn = torch.rms_norm(torch.slice(qkv, 1, 0, %1$d), [%2$d], vs[at + %4$d], %6$s)
                          kn = torch.rms_norm(torch.slice(qkv, 1, %1$d, %3$d), [%2$d], vs[at + %5$d], %6$s)
                          qkv = torch.cat([qn, kn, torch.slice(qkv, 1, %3$d)], 1)
                    """.formatted(heads, dim, heads + kv, next, next + 1, config.rmsNormEps());
        }
        String type = Integer.toString(precision.scalarType());
        return """
                  def advance(self: __torch__.M, tokens: List[int], positions: List[int], longest: int,
                              uniforms: List[float], scale: float, ranks: int, vs: List[Tensor], ms: List[Tensor],
                              frequencies: Tensor, kv: List[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
                    b = torch.len(tokens)
                    ids = torch.tensor(tokens, dtype=4, device=ops.prim.device(frequencies))
                    rows = torch.tensor(positions, dtype=4, device=ops.prim.device(frequencies))
                    slots = torch.arange(0, b, dtype=4, device=ops.prim.device(frequencies))
                    x = %1$s
                    f = torch.unsqueeze(torch.index_select(frequencies, 0, rows), 1)
                    f = torch.cat([torch.expand(f, [b, %2$d, %3$d]),
                                   torch.ones_like(torch.expand(f, [b, %4$d, %3$d]))], 1)
                    columns = torch.arange(0, longest, dtype=4, device=ops.prim.device(frequencies))
                    hidden = torch.gt(torch.unsqueeze(columns, 0), torch.unsqueeze(rows, 1))
                    bias = torch.masked_fill(torch.zeros([b, longest], dtype=6, device=ops.prim.device(frequencies)),
                                             hidden, -inf)
                    bias = torch.to(torch.reshape(bias, [b, 1, 1, longest]), %5$s)
                    for i in range(%6$d):
                      at = torch.mul(i, %7$d)
                      mt = torch.mul(i, %8$d)
                      qkv = torch.reshape(%10$s, [b, %11$d, %12$d])
                %13$s      c = torch.view_as_complex(torch.reshape(torch.to(qkv, 6), [b, %11$d, %3$d, 2]))
                      r = torch.view_as_real(torch.mul(c, f))
                      r = torch.to(torch.reshape(r, [b, %11$d, %12$d]), %5$s)
                      cache = torch.slice(kv[i], 0, 0, b)
                      where = annotate(List[Optional[Tensor]], [slots, rows])
                      _0 = torch.index_put_(cache, where, torch.slice(r, 1, %14$d, %11$d))
                      q = torch.reshape(torch.slice(r, 1, 0, %14$d), [b, %15$d, %4$d, %12$d])
                      q = torch.transpose(q, 1, 2)
                      seen = torch.transpose(torch.slice(cache, 1, 0, longest), 1, 2)
                      o = torch.scaled_dot_product_attention(q, torch.slice(seen, 1, 0, %4$d),
                          torch.slice(seen, 1, %4$d, %16$d), bias)
                      x = %17$s
                      g, u, = torch.chunk(%18$s, 2, 1)
                      x = %19$s
                    h = %9$s
                    return (self).choose(h, %20$s, uniforms, scale, ranks)
                """.formatted(llama.embedded("ids"), heads + kv, dim / 2, kv, type, config.layers(),
                llama.vectorsPerLayer(), LlamaProgram.MATRICES_PER_LAYER, llama.finalNorm("x"),
                normedLinear(config, kernel, "vs[at]", "ms[mt]", qkvBias), heads + 2 * kv, dim, norms, heads,
                heads / kv, 2 * kv,
                kernel.linearPlus("torch.reshape(torch.transpose(o, 1, 2), [b, " + heads * dim + "])", "ms[mt + 1]",
                        outputBias, "x"),
                normedLinear(config, kernel, "vs[at + 1]", "ms[mt + 2]", "None"),
                kernel.linearPlus("torch.mul(torch.silu(g), u)", "ms[mt + 3]", "None", "x"), llama.lmHead("h"));
    }

    private static String normedLinear(ModelConfig config, LinearKernel kernel, String norm, String matrix,
            String bias) {
        return kernel.normedLinear("x", config.hiddenSize(), norm, Double.toString(config.rmsNormEps()), matrix, bias);
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
        try (IValue row = IValue.from((long) slot);
                IValue ids = IValue.listFrom(DjlTargetModel.longs(prompt));
                IValue uniforms = IValue.listFrom(new double[] { uniform });
                IValue factor = IValue.from(this.scale);
                IValue count = IValue.from((long) this.ranks)) {
            Written written = written("begin", 1, row, ids, uniforms, factor, count, this.weights.vectors(),
                    this.weights.matrices(), this.frequencies, this.caches);
            this.lengths[slot] = prompt.length;
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
        int longest = Arrays.stream(this.lengths, 0, b).max().orElseThrow() + 1;
        if (longest > this.capacity) {
            throw new IllegalStateException("a sequence is as long as its cache; end it first");
        }
        try (IValue tokens = IValue.listFrom(DjlTargetModel.longs(Arrays.copyOf(this.last, b)));
                IValue positions = IValue.listFrom(DjlTargetModel.longs(Arrays.copyOf(this.lengths, b)));
                IValue width = IValue.from((long) longest);
                IValue numbers = IValue.listFrom(uniforms);
                IValue factor = IValue.from(this.scale);
                IValue count = IValue.from((long) this.ranks)) {
            Written written = written("advance", b, tokens, positions, width, numbers, factor, count,
                    this.weights.vectors(), this.weights.matrices(), this.frequencies, this.caches);
            for (int i = 0; i < b; i++) {
                this.lengths[i]++;
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
        return this.lengths[slot] + 1;
    }

    /**
     * Ends a sequence; the one in the last slot takes its place.
     * @param slot the slot to free
     */
    public void end(int slot) {
        this.active--;
        if (slot < this.active) {
            try (IValue source = IValue.from((long) this.active);
                    IValue target = IValue.from((long) slot);
                    IValue length = IValue.from((long) this.lengths[this.active]);
                    IValue done = this.program.call("move", source, target, length, this.caches)) {
                this.lengths[slot] = (int) done.toLong();
            }
            this.last[slot] = this.last[this.active];
        }
    }

    private Written written(String method, int rows, IValue... arguments) {
        try (NDManager scope = this.manager.newSubManager()) {
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
        this.caches.close();
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
