package dev.cerberus.djl;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.DecodingBuffer;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelVariant;
import dev.cerberus.hf.TensorInfo;
import dev.cerberus.hf.WeightNames;
import dev.cerberus.hf.WeightsCache;
import dev.cerberus.model.Ahead;
import dev.cerberus.model.ModelException;

/**
 * Turns the tensors of a Hugging Face checkpoint into the weights of a
 * {@link LlamaProgram}: fused, permuted for interleaved rotary embedding, rotated if they
 * are to be rounded to integers, converted and packed, all on the device.
 */
/*
 * A rotated model: with R the rotation of the residual stream, x' = x·R. What writes to
 * the stream is multiplied by it from behind (embedding, output, down and output bias),
 * what reads from it by its inverse (query-key-value, gate-up and LM head; in rows: W·R).
 * The norms before those are weightless then, their weights being part of the matrices,
 * since a rotation leaves the length of a row as it is. Inside a head values are rotated
 * as well, undone by the columns of the output matrix, and the input of down is rotated
 * in blocks at run time, undone by its columns. Where norms stand behind attention and
 * feed-forward part, the stream stays as it is, and what reads from it reads it rotated
 * in blocks at run time.
 */
final class WeightLoader {

    /**
     * Numbers of a matrix that are worked on together: what a CPU's caches hold, and what
     * the C library takes from memory that it has, not from the system page by page.
     */
    private static final long NUMBERS_AT_A_TIME = 1 << 19;

    private static final String[] METHODS = { "loading.py" };

    private static final String[] METHODS_OF_ROTATED = { "loading.py", "loading_rotated.py" };

    private final Checkpoint checkpoint;

    private final ModelConfig config;

    private final RoundedMatrices roundedMatrices;

    private final Queue<IValue> open;

    private final DecodingBuffer decoded = new DecodingBuffer();

    private final TensorWorkbench bench;

    private final boolean rotated;

    private final boolean halves;

    private final NDManager rotations;

    private final int rotaryDims;

    private final Turn stream;

    private final Turn reading;

    private final Turn head;

    private final Turn block;

    private WeightLoader(Checkpoint checkpoint, ModelConfig config, Precision precision, LinearKernel kernel,
            RoundedMatrices roundedMatrices, Queue<IValue> open, NDManager owner) {
        this.checkpoint = checkpoint;
        this.config = config;
        this.roundedMatrices = roundedMatrices;
        this.open = open;
        this.rotated = kernel.quantized();
        this.halves = kernel.embedsInHalves();
        this.bench = new TensorWorkbench(precision, kernel, owner, this.rotated ? METHODS_OF_ROTATED : METHODS);
        this.rotations = owner.newSubManager();
        this.rotaryDims = config.layerKinds()
            .stream()
            .mapToInt((kind) -> kind.rotary().dims())
            .filter((dims) -> dims > 0)
            .findFirst()
            .orElse(config.headDim());
        boolean whole = LlamaProgram.rotatesStream(config);
        this.stream = turn(whole ? Rotation.undone(config.hiddenSize()) : Rotation.none(config.hiddenSize()));
        this.reading = whole ? this.stream : turn(Rotation.of(LlamaProgram.readingBlock(config)));
        this.head = turn(Rotation.of(config.headDim()));
        this.block = turn(Rotation.of(LlamaProgram.block(config)));
    }

    /** Returns the methods that the matrices of a rotated model depend on. */
    static String sourceOfRotated(LinearKernel kernel) {
        return TensorWorkbench.source(kernel, METHODS_OF_ROTATED);
    }

    private Turn turn(Rotation rotation) {
        return new Turn(this.rotated ? rotation : Rotation.none(rotation.width()), this.bench, this.rotations);
    }

    /**
     * Loads the weights, several layers at a time.
     * @param checkpoint their files
     * @param config of the model
     * @param precision number format that they are rounded to
     * @param kernel decides how they are packed
     * @param cache where rounded matrices may be kept
     * @param owner manager that the weights end up with
     * @param workers layers that are worked on at a time, at least 1
     * @return the weights as the program's arguments; the caller closes them
     */
    static ProgramWeights load(Checkpoint checkpoint, ModelConfig config, Precision precision, LinearKernel kernel,
            WeightsCache cache, NDManager owner, int workers) {
        try (RoundedMatrices rounded = RoundedMatrices.of(cache, checkpoint, config, kernel)) {
            ProgramWeights weights = load(checkpoint, config, precision, kernel, rounded, new ConcurrentLinkedQueue<>(),
                    owner, workers);
            rounded.complete();
            return weights;
        }
    }

    /**
     * Loads the weights.
     * @param open takes every matrix once it is packed; all are closed in the end, since
     * the program's arguments hold them then, or nobody does
     */
    static ProgramWeights load(Checkpoint checkpoint, ModelConfig config, Precision precision, LinearKernel kernel,
            RoundedMatrices roundedMatrices, Queue<IValue> open, NDManager owner, int workers) {
        BlockingQueue<WeightLoader> idle = new ArrayBlockingQueue<>(workers);
        List<WeightLoader> loaders = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(workers, (task) -> {
            Thread thread = new Thread(() -> {
                OperatorThreads.use(1); // see there
                task.run();
            }, "cerberus-loading");
            thread.setDaemon(true);
            return thread;
        });
        List<Part> parts = new ArrayList<>();
        try {
            for (int i = 0; i < workers; i++) {
                loaders.add(new WeightLoader(checkpoint, config, precision, kernel, roundedMatrices, open, owner));
            }
            idle.addAll(loaders);
            List<Future<Part>> pending = new ArrayList<>();
            // the longest
            pending.add(threads.submit(() -> with(idle, WeightLoader::ends)));
            for (int i = 0; i < config.layers(); i++) {
                int layer = i;
                pending.add(threads.submit(() -> with(idle, (loader) -> loader.layer(layer))));
            }
            for (Future<Part> part : pending) {
                parts.add(part.get());
            }
            Part ends = parts.get(0);
            List<NDArray> vectors = new ArrayList<>();
            List<IValue> matrices = new ArrayList<>();
            for (Part part : parts.subList(1, parts.size())) {
                vectors.addAll(part.vectors());
                matrices.addAll(part.matrices());
            }
            vectors.addAll(ends.vectors());
            matrices.addAll(ends.matrices());
            return new ProgramWeights(ScriptModule.listArgument(vectors),
                    IValue.listFrom(matrices.toArray(IValue[]::new)), ends.vectors().get(1),
                    ScriptModule.listArgument(ends.rotation()));
        }
        catch (ExecutionException ex) {
            throw Ahead.unwrapped(ex);
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new ModelException("Loading the model was interrupted", ex);
        }
        finally {
            close(threads, loaders);
            open.forEach(IValue::close);
        }
    }

    private static Part with(BlockingQueue<WeightLoader> idle, Function<WeightLoader, Part> work)
            throws InterruptedException {
        WeightLoader loader = idle.take();
        try {
            return work.apply(loader);
        }
        finally {
            idle.add(loader);
        }
    }

    private static void close(ExecutorService threads, List<WeightLoader> loaders) {
        threads.shutdownNow();
        try {
            threads.awaitTermination(1, TimeUnit.MINUTES); // a layer at most is under way
        }
        catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        loaders.forEach((loader) -> loader.bench.close());
    }

    /**
     * Weights of a part of the model.
     *
     * @param vectors what is not multiplied by, in the program's order
     * @param matrices what is, packed
     * @param rotation what brings states back into the model's own basis; of a layer none
     */
    private record Part(List<NDArray> vectors, List<IValue> matrices, List<NDArray> rotation) {
    }

    private Part layer(int layer) {
        ModelVariant.NormPlacement norms = this.config.variant().norms();
        List<NDArray> before = norms.before().stream().map((name) -> norm(WeightNames.inLayer(layer, name))).toList();
        List<NDArray> vectors = new ArrayList<>();
        before.forEach((norm) -> vectors.add(keep(this.rotated ? floor(norm) : norm)));
        norms.after().forEach((name) -> vectors.add(keep(norm(WeightNames.inLayer(layer, name)))));
        List<IValue> matrices = new ArrayList<>();
        int hidden = this.config.hiddenSize();
        int queries = this.config.querySize();
        matrices.add(packed(layer, RoundedMatrices.QKV, queries + 2 * this.config.keyValueSize(), hidden,
                () -> this.reading.rows(afterNorm(qkv(layer, "weight"), before, 0))));
        matrices.add(packed(layer, RoundedMatrices.OUTPUT, hidden, queries,
                () -> this.stream.columns(ordered("group_major_columns", this.head
                    .rows(tensor(WeightNames.inLayer(layer, WeightNames.weight(WeightNames.ATTENTION_OUTPUT))))))));
        matrices.add(this.rotated ? rotatedGateUp(layer, before) : opened(this.bench.pack(gateUp(layer))));
        matrices.add(packed(layer, RoundedMatrices.DOWN, hidden, this.config.intermediateSize(),
                () -> this.stream.columns(this.block.rows(tensor(WeightNames.inLayer(layer, WeightNames.DOWN))))));
        if (this.config.attentionBias()) {
            vectors.add(keep(qkv(layer, "bias")));
        }
        if (this.config.attentionOutputBias()) {
            vectors.add(keep(this.stream
                .rows(tensor(WeightNames.inLayer(layer, WeightNames.bias(WeightNames.ATTENTION_OUTPUT))))));
        }
        if (this.config.variant().qkNorm() != ModelVariant.QkNorm.NONE) {
            boolean whole = this.config.variant().qkNorm() == ModelVariant.QkNorm.WIDTH;
            NDArray query = interleaved(norm(WeightNames.inLayer(layer, WeightNames.QUERY_NORM)),
                    whole ? this.config.heads() : 1);
            vectors.add(keep(whole ? ordered("group_major", query) : query));
            vectors.add(keep(interleaved(norm(WeightNames.inLayer(layer, WeightNames.KEY_NORM)),
                    whole ? this.config.keyValueHeads() : 1)));
        }
        this.bench.clear();
        return new Part(vectors, matrices, List.of());
    }

    private IValue packed(int layer, String name, int rows, int columns, Supplier<NDArray> making) {
        return opened(
                this.roundedMatrices.packed(RoundedMatrices.inLayer(layer, name), this.bench, rows, columns, making));
    }

    /** Takes note of a matrix, so that it is closed even where what comes next fails. */
    private IValue opened(IValue matrix) {
        this.open.add(matrix);
        return matrix;
    }

    /** Loads what comes before the first layer and after the last. */
    private Part ends() {
        NDArray last = norm(WeightNames.FINAL_NORM);
        NDArray norm = keep(this.rotated ? floor(last) : last);
        String output = this.config.tieWordEmbeddings() ? WeightNames.EMBEDDING : WeightNames.OUTPUT;
        NDArray embedding;
        IValue lmHead;
        List<NDArray> rotation;
        List<NDArray> vectors = new ArrayList<>();
        if (this.rotated) {
            Optional<NDArray> known = this.roundedMatrices.knownEmbedding(this.bench, this.config);
            Optional<IValue> knownHead = this.roundedMatrices.known(RoundedMatrices.LM_HEAD, this.bench,
                    this.config.vocabularySize(), this.config.hiddenSize());
            knownHead.ifPresent(this::opened);
            embedding = keep(known.orElseGet(
                    () -> this.bench.zeros(DataType.FLOAT16, this.config.vocabularySize(), this.config.hiddenSize())));
            lmHead = (known.isPresent() && knownHead.isPresent()) ? knownHead.get()
                    : rotatedVocabulary(embedding, output, last);
            vectors.addAll(List.of(norm, embedding, this.block.right(), this.reading.right()));
            rotation = List.of(norm, this.stream.left(), keep(transposed(this.stream.right())), keep(lengthened(last)));
        }
        else {
            NDArray table = tensor(WeightNames.EMBEDDING);
            embedding = keep(this.halves ? call("halved", table) : table);
            lmHead = opened(this.bench.pack(this.config.tieWordEmbeddings() ? table : tensor(output)));
            vectors.addAll(List.of(norm, embedding));
            rotation = List.of(embedding);
        }
        this.bench.clear();
        return new Part(vectors, List.of(lmHead), rotation);
    }

    /** Fills the table of embeddings and returns the LM head, both rotated. */
    private IValue rotatedVocabulary(NDArray table, String output, NDArray norm) {
        NDArray scaled = call("multiplied", lengthened(norm), this.config.variant().logitScale());
        try (RoundedRows scores = new RoundedRows(this.bench, this.config.vocabularySize(), scaled, this.reading);
                IValue rows = ScriptModule.argument(table);
                IValue left = ScriptModule.argument(this.stream.left());
                IValue right = ScriptModule.argument(this.stream.right())) {
            RowWriter embed = new RowWriter(this.bench, "embed_rows", left, right, rows);
            if (output.equals(WeightNames.EMBEDDING)) {
                write(output, 0, embed, scores.writer()); // decoded once for both
            }
            else {
                write(WeightNames.EMBEDDING, 0, embed);
                write(output, 0, scores.writer());
            }
            this.roundedMatrices.keepEmbedding(table);
            return opened(scores.packed(RoundedMatrices.LM_HEAD, this.roundedMatrices));
        }
    }

    private IValue rotatedGateUp(int layer, List<NDArray> norms) {
        int wide = this.config.intermediateSize();
        String name = RoundedMatrices.inLayer(layer, RoundedMatrices.GATE_UP);
        Optional<IValue> known = this.roundedMatrices.known(name, this.bench, 2L * wide, this.config.hiddenSize());
        if (known.isPresent()) {
            return opened(known.get());
        }
        NDArray factors = norms.isEmpty()
                ? call("from_one", this.bench.zeros(DataType.FLOAT32, this.config.hiddenSize()))
                : lengthened(norms.get(1));
        try (RoundedRows both = new RoundedRows(this.bench, 2L * wide, factors, this.reading)) {
            if (this.config.variant().fusedGateUp()) {
                write(WeightNames.inLayer(layer, WeightNames.GATE_UP), 0, both.writer());
            }
            else {
                write(WeightNames.inLayer(layer, WeightNames.GATE), 0, both.writer());
                write(WeightNames.inLayer(layer, WeightNames.UP), wide, both.writer());
            }
            return opened(both.packed(name, this.roundedMatrices));
        }
    }

    /**
     * Has all rows of a tensor written, some at a time.
     * @param at which row of what is written the first one becomes
     */
    private void write(String name, long at, RowWriter... writers) {
        TensorInfo info = this.checkpoint.info(name);
        long all = info.shape().get(0);
        long most = Math.max(1, NUMBERS_AT_A_TIME / info.shape().get(1));
        for (long first = 0; first < all; first += most) {
            ByteBuffer rows = this.checkpoint.rows(name, first, Math.min(most, all - first), this.decoded);
            for (RowWriter writer : writers) {
                writer.write(info, rows, at + first);
            }
        }
    }

    /** Returns a matrix that is to multiply what a norm, if there is one, yields. */
    private NDArray afterNorm(NDArray matrix, List<NDArray> norms, int index) {
        if (!this.rotated || norms.isEmpty()) {
            return matrix;
        }
        try (IValue input = ScriptModule.argument(matrix);
                IValue factors = ScriptModule.argument(lengthened(norms.get(index)))) {
            return this.bench.call("columns", input, factors);
        }
    }

    private NDArray norm(String name) {
        NDArray weight = tensor(name);
        return this.config.variant().normsAddOne() ? call("from_one", weight) : weight;
    }

    private NDArray floor(NDArray norm) {
        return call("floor", norm, LlamaProgram.eps(this.config));
    }

    private NDArray call(String method, NDArray array, double number) {
        try (IValue input = ScriptModule.argument(array); IValue value = IValue.from(number)) {
            return this.bench.call(method, input, value);
        }
    }

    private NDArray lengthened(NDArray norm) {
        return call("lengthened", norm);
    }

    private NDArray transposed(NDArray weight) {
        return call("transposed", weight);
    }

    private NDArray call(String method, NDArray array) {
        try (IValue input = ScriptModule.argument(array)) {
            return this.bench.call(method, input);
        }
    }

    private NDArray qkv(int layer, String kind) {
        int query = this.config.querySize();
        int keyValue = this.config.keyValueSize();
        NDArray values = part(layer, WeightNames.VALUE, WeightNames.QKV, kind, query + keyValue, keyValue);
        NDArray queries = part(layer, WeightNames.QUERY, WeightNames.QKV, kind, 0, query);
        NDArray keys = part(layer, WeightNames.KEY, WeightNames.QKV, kind, query, keyValue);
        return joined(ordered("group_major", interleaved(queries, this.config.heads())),
                interleaved(keys, this.config.keyValueHeads()),
                kind.equals("bias") ? this.head.rows(values) : this.head.columns(values));
    }

    private NDArray gateUp(int layer) {
        return this.config.variant().fusedGateUp() ? tensor(WeightNames.inLayer(layer, WeightNames.GATE_UP))
                : joined(tensor(WeightNames.inLayer(layer, WeightNames.GATE)),
                        tensor(WeightNames.inLayer(layer, WeightNames.UP)));
    }

    /** Returns a tensor that may be some rows of another. */
    private NDArray part(int layer, String name, String whole, String kind, long first, long count) {
        if (!this.config.variant().fusedProjections()) {
            return tensor(WeightNames.inLayer(layer, name + "." + kind));
        }
        TensorInfo info = this.checkpoint.info(WeightNames.inLayer(layer, whole + "." + kind));
        List<Long> shape = new ArrayList<>(info.shape());
        long rowBytes = info.bytes() / shape.set(0, count);
        return this.bench.tensor(new TensorInfo(info.name(), info.dtype(), shape, 0, count * rowBytes),
                this.checkpoint.rows(info.name(), first, count, this.decoded));
    }

    private NDArray tensor(String name) {
        return this.bench.tensor(this.checkpoint.info(name), this.checkpoint.data(name, this.decoded));
    }

    /** Interleaves the halves of what is rotated of each head. */
    private NDArray interleaved(NDArray rows, int heads) {
        try (IValue input = ScriptModule.argument(rows);
                IValue count = IValue.from((long) heads);
                IValue dims = IValue.from((long) this.rotaryDims)) {
            return this.bench.call("interleaved", input, count, dims);
        }
    }

    /**
     * Puts query heads into the order of their place within the group that shares a key
     * head, then of the key head, instead of the other way round.
     */
    private NDArray ordered(String method, NDArray weight) {
        int heads = this.config.keyValueHeads();
        if (heads == this.config.heads() || heads == 1) {
            return weight;
        }
        try (IValue input = ScriptModule.argument(weight);
                IValue groups = IValue.from((long) this.config.heads() / heads);
                IValue count = IValue.from((long) heads)) {
            return this.bench.call(method, input, groups, count);
        }
    }

    private NDArray joined(NDArray... parts) {
        return this.bench.joined(List.of(parts));
    }

    private NDArray keep(NDArray array) {
        return this.bench.keep(array);
    }

}
