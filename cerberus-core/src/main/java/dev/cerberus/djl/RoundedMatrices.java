package dev.cerberus.djl;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import ai.djl.ndarray.NDArray;
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
     * program's files, which are compared as well, do not show.
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

    private RoundedMatrices(KeptWeights kept) {
        this.kept = kept;
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
            return new RoundedMatrices(KeptWeights.NONE);
        }
        String dependencies = String.join("\n", Integer.toString(REVISION), kernel.name(), checkpoint.sha256(),
                config.toString(), WeightLoader.sourceOfRotated(kernel));
        String model = String.valueOf(checkpoint.directory().getFileName());
        return new RoundedMatrices(cache.open(model, dependencies, tensors(config)));
    }

    private static List<TensorInfo> tensors(ModelConfig config) {
        List<TensorInfo> tensors = new ArrayList<>();
        int hidden = config.hiddenSize();
        add(tensors, EMBEDDING, TensorType.F16, config.vocabularySize(), hidden);
        for (int layer = 0; layer < config.layers(); layer++) {
            addMatrix(tensors, inLayer(layer, QKV), config.querySize() + 2L * config.keyValueSize(), hidden);
            addMatrix(tensors, inLayer(layer, OUTPUT), hidden, config.querySize());
            addMatrix(tensors, inLayer(layer, GATE_UP), 2L * config.intermediateSize(), hidden);
            addMatrix(tensors, inLayer(layer, DOWN), hidden, config.intermediateSize());
        }
        addMatrix(tensors, LM_HEAD, config.vocabularySize(), hidden);
        return tensors;
    }

    static String inLayer(int layer, String matrix) {
        return "layers." + layer + "." + matrix;
    }

    private static void addMatrix(List<TensorInfo> tensors, String name, long rows, long columns) {
        add(tensors, name + STEPS, TensorType.F32, rows);
        add(tensors, name + INTEGERS, TensorType.I8, rows, columns);
    }

    private static void add(List<TensorInfo> tensors, String name, TensorType type, long... shape) {
        long begin = tensors.isEmpty() ? 0 : tensors.get(tensors.size() - 1).end();
        List<Long> dimensions = new ArrayList<>();
        long bytes = type.bytes();
        for (long dimension : shape) {
            dimensions.add(dimension);
            bytes *= dimension;
        }
        tensors.add(new TensorInfo(name, type, dimensions, begin, begin + bytes));
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
        Optional<ByteBuffer> integers = this.kept.find(name + INTEGERS);
        Optional<ByteBuffer> steps = this.kept.find(name + STEPS);
        if (integers.isEmpty() || steps.isEmpty()) {
            return Optional.empty();
        }
        try (NDArray whole = bench.view(integers.get(), DataType.INT8, new Shape(rows, columns));
                NDArray widths = bench.view(steps.get(), DataType.FLOAT32, new Shape(rows))) {
            return Optional.of(bench.pack(whole, widths));
        }
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
        if (this.kept.areWanted()) {
            this.kept.keep(name + INTEGERS, integers.toByteBuffer(true));
            this.kept.keep(name + STEPS, steps.toByteBuffer(true));
        }
    }

    /**
     * Returns the table of embeddings, [vocabulary, hidden], of an earlier start.
     * @param bench whose intermediate arrays it is among
     * @param config the model's
     */
    Optional<NDArray> knownEmbedding(TensorWorkbench bench, ModelConfig config) {
        return this.kept.find(EMBEDDING).map((bytes) -> {
            try (NDArray view = bench.view(bytes, DataType.FLOAT16,
                    new Shape(config.vocabularySize(), config.hiddenSize()))) {
                return view.duplicate();
            }
        });
    }

    void keepEmbedding(NDArray table) {
        if (this.kept.areWanted()) {
            this.kept.keep(EMBEDDING, table.toByteBuffer(true));
        }
    }

    /** Says that all matrices were packed. */
    void complete() {
        this.kept.complete();
    }

    @Override
    public void close() {
        this.kept.close();
    }

}
