package dev.cerberus.djl;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.KeptWeights;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.TensorInfo;
import dev.cerberus.hf.TensorType;
import dev.cerberus.hf.WeightsCache;

/**
 * The matrices of a rotated model and its table of embeddings as they are used, which
 * take most of the time of loading: those of an earlier start if they were kept, else
 * made now, and kept where that is wanted. Thread-safe but for {@link #complete()} and
 * {@link #close()}.
 */
final class RoundedMatrices implements AutoCloseable {

    /**
     * To be raised with every change to how matrices are turned and rounded that the
     * program's files and libtorch's version, which are compared as well, do not show.
     */
    private static final int REVISION = 1;

    static final String QKV = "qkv";

    static final String OUTPUT = "output";

    static final String GATE_UP = "gate_up";

    static final String DOWN = "down";

    static final String LM_HEAD = "lm_head";

    private static final String EMBEDDING = "embedding";

    private static final String INTEGERS = ".integers";

    private static final String STEPS = ".steps";

    private final KeptWeights kept;

    private final int mostBytes;

    private RoundedMatrices(KeptWeights kept, int mostBytes) {
        this.kept = kept;
        this.mostBytes = mostBytes;
    }

    /**
     * Finds the matrices of a model.
     * @param cache where they may be
     * @param checkpoint the model's files; all of them are read if the cache is on
     * @param config of the model
     * @param kernel decides how matrices are rounded, if they are
     * @return the matrices; the caller closes them
     */
    static RoundedMatrices of(WeightsCache cache, Checkpoint checkpoint, ModelConfig config, LinearKernel kernel) {
        if (!cache.isOn() || !kernel.quantized()) {
            return new RoundedMatrices(KeptWeights.NONE, cache.mostBytes());
        }
        String dependencies = String.join("\n", Integer.toString(REVISION), kernel.name(),
                TorchLibrary.find().version(), checkpoint.sha256(), config.toString(),
                WeightLoader.sourceOfRotated(kernel));
        String model = String.valueOf(checkpoint.directory().getFileName());
        Tensors tensors = new Tensors(cache.mostBytes());
        addAll(tensors, config);
        return new RoundedMatrices(cache.open(model, dependencies, tensors.all), cache.mostBytes());
    }

    private static void addAll(Tensors tensors, ModelConfig config) {
        int hidden = config.hiddenSize();
        tensors.add(EMBEDDING, TensorType.F16, config.vocabularySize(), hidden);
        for (int layer = 0; layer < config.layers(); layer++) {
            tensors.addMatrix(inLayer(layer, QKV), config.querySize() + 2L * config.keyValueSize(), hidden);
            tensors.addMatrix(inLayer(layer, OUTPUT), hidden, config.querySize());
            tensors.addMatrix(inLayer(layer, GATE_UP), 2L * config.intermediateSize(), hidden);
            tensors.addMatrix(inLayer(layer, DOWN), hidden, config.intermediateSize());
        }
        tensors.addMatrix(LM_HEAD, config.vocabularySize(), hidden);
    }

    static String inLayer(int layer, String matrix) {
        return "layers." + layer + "." + matrix;
    }

    /** Returns the name of a tensor's rows from one on that are kept together. */
    private static String piece(String name, long first) {
        return (first == 0) ? name : name + "." + first;
    }

    private static long rowsAtATime(long rowBytes, int mostBytes) {
        return Math.max(1, mostBytes / rowBytes);
    }

    /**
     * Returns a matrix of an earlier start, packed; the caller closes it. Empty if none
     * is known.
     * @param name its name
     * @param bench where it is packed
     * @param rows how many it has
     * @param columns how many it has
     */
    Optional<IValue> known(String name, TensorWorkbench bench, long rows, long columns) {
        List<NDArray> integers = views(name + INTEGERS, bench, DataType.INT8, rows, columns);
        List<NDArray> steps = views(name + STEPS, bench, DataType.FLOAT32, rows);
        try {
            if (integers.isEmpty() || steps.isEmpty()) {
                return Optional.empty();
            }
            if (integers.size() == 1 && steps.size() == 1) {
                return Optional.of(bench.pack(integers.get(0), steps.get(0)));
            }
            try (NDArray whole = bench.joined(integers); NDArray widths = bench.joined(steps)) {
                return Optional.of(bench.pack(whole, widths));
            }
        }
        finally {
            integers.forEach(NDArray::close);
            steps.forEach(NDArray::close);
        }
    }

    /**
     * Returns the rows of a tensor of an earlier start, in one array or several; none if
     * not all of them are known. The caller closes them.
     */
    private List<NDArray> views(String name, TensorWorkbench bench, DataType type, long... shape) {
        List<NDArray> views = new ArrayList<>();
        long most = rowsAtATime(rowBytes(type, shape), this.mostBytes);
        for (long first = 0; first < shape[0]; first += most) {
            Optional<ByteBuffer> bytes = this.kept.find(piece(name, first));
            if (bytes.isEmpty()) {
                views.forEach(NDArray::close);
                return List.of();
            }
            long[] some = shape.clone();
            some[0] = Math.min(most, shape[0] - first);
            views.add(bench.view(bytes.get(), type, new Shape(some)));
        }
        return views;
    }

    private static long rowBytes(DataType type, long... shape) {
        long bytes = type.getNumOfBytes();
        for (int i = 1; i < shape.length; i++) {
            bytes *= shape[i];
        }
        return bytes;
    }

    /**
     * Returns a matrix, packed; the caller closes it.
     * @param name its name
     * @param bench where it is packed
     * @param rows how many it has
     * @param columns how many it has
     * @param making makes it, [rows, columns], if it is not known
     */
    IValue packed(String name, TensorWorkbench bench, long rows, long columns, Supplier<NDArray> making) {
        Optional<IValue> known = known(name, bench, rows, columns);
        if (known.isPresent()) {
            return known.get();
        }
        NDArray matrix = making.get();
        if (!this.kept.areWanted()) {
            return bench.pack(matrix);
        }
        NDArray steps = bench.steps(matrix);
        NDArray integers = bench.inSteps(matrix, steps);
        keep(name, integers, steps);
        return bench.pack(integers, steps);
    }

    /** Keeps a matrix that was made. */
    void keep(String name, NDArray integers, NDArray steps) {
        keep(name + INTEGERS, integers);
        keep(name + STEPS, steps);
    }

    private void keep(String name, NDArray array) {
        long rows = array.getShape().get(0);
        long most = rowsAtATime(rowBytes(array.getDataType(), array.getShape().getShape()), this.mostBytes);
        for (long first = 0; first < rows && this.kept.areWanted(); first += most) {
            if (most >= rows) {
                this.kept.keep(name, array.toByteBuffer(true));
            }
            else {
                try (NDArray some = array.get(new NDIndex("{}:{}", first, Math.min(rows, first + most)))) {
                    this.kept.keep(piece(name, first), some.toByteBuffer(true));
                }
            }
        }
    }

    /**
     * Returns the table of embeddings, [vocabulary, hidden], of an earlier start.
     * @param bench whose intermediate arrays it is among
     * @param config the model's
     */
    Optional<NDArray> knownEmbedding(TensorWorkbench bench, ModelConfig config) {
        List<NDArray> views = views(EMBEDDING, bench, DataType.FLOAT16, config.vocabularySize(), config.hiddenSize());
        try {
            if (views.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of((views.size() == 1) ? views.get(0).duplicate() : bench.joined(views));
        }
        finally {
            views.forEach(NDArray::close);
        }
    }

    void keepEmbedding(NDArray table) {
        keep(EMBEDDING, table);
    }

    /** Says that all matrices were packed. */
    void complete() {
        this.kept.complete();
    }

    @Override
    public void close() {
        this.kept.close();
    }

    /** What is kept, one behind the other. */
    private static final class Tensors {

        private final List<TensorInfo> all = new ArrayList<>();

        private final int mostBytes;

        Tensors(int mostBytes) {
            this.mostBytes = mostBytes;
        }

        void addMatrix(String name, long rows, long columns) {
            add(name + STEPS, TensorType.F32, rows);
            add(name + INTEGERS, TensorType.I8, rows, columns);
        }

        void add(String name, TensorType type, long rows, long... columns) {
            long rowBytes = LongStream.of(columns).reduce(type.bytes(), (bytes, each) -> bytes * each);
            long most = rowsAtATime(rowBytes, this.mostBytes);
            for (long first = 0; first < rows; first += most) {
                List<Long> shape = new ArrayList<>(List.of(Math.min(most, rows - first)));
                LongStream.of(columns).forEach(shape::add);
                long begin = this.all.isEmpty() ? 0 : this.all.get(this.all.size() - 1).end();
                this.all.add(new TensorInfo(piece(name, first), type, shape, begin, begin + shape.get(0) * rowBytes));
            }
        }

    }

}
