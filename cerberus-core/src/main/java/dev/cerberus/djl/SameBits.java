package dev.cerberus.djl;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.ModelConfig;

/**
 * Tells on how many threads a model's products have the bits that they have on one.
 *
 * <p>
 * Confined to the thread of the model, whose number of threads it changes.
 */
/*
 * OneDNN gives threads parts of a product's rows and columns, which changes no bit. Where
 * these are few beside what is added up, as for a narrow output, it may let threads add
 * parts of the same sum, from some number of rows on and with some instructions only:
 * then a row has other bits in a tree than alone. So it is tried, with the shapes of the
 * model at hand; layers of a model have all the same ones. The LM head is as wide as the
 * vocabulary and is left out.
 */
final class SameBits {

    /** Numbers at which kernels change their ways, and some between. */
    private static final int[] ROWS = { 1, 2, 4, 8, 16, 17, 24, 32, 48, 64 };

    private final LinearKernel kernel;

    private final boolean promised;

    private final List<Integer> widths;

    private final ProgramWeights weights;

    private final NDManager manager;

    private final Map<Integer, Integer> found = new HashMap<>();

    /**
     * Creates a probe.
     * @param config of the model
     * @param kernel by which it multiplies
     * @param precision of the weights
     * @param weights of the model, packed for the kernel
     * @param manager parent of what is computed
     */
    SameBits(ModelConfig config, LinearKernel kernel, Precision precision, ProgramWeights weights, NDManager manager) {
        this.kernel = kernel;
        this.promised = precision == Precision.FP32;
        this.widths = List.of(config.hiddenSize(), config.querySize(), config.hiddenSize(), config.intermediateSize());
        this.weights = weights;
        this.manager = manager;
    }

    /**
     * Returns the most threads that keep all bits: a number, half of it, a quarter, and
     * so on. Products in 16 bits, which promise nothing, and those that add integers are
     * not tried.
     * @param threads 1 or more
     */
    int most(int threads) {
        if (threads == 1 || !this.promised || this.kernel.exactRows() == Integer.MAX_VALUE) {
            return threads;
        }
        return this.found.computeIfAbsent(threads, this::find);
    }

    private int find(int threads) {
        String source = new ProgramSource().products(this.kernel).files("products_probe.py").toString();
        int before = OperatorThreads.own();
        try (NDManager scope = this.manager.newSubManager();
                ScriptModule probe = ScriptModule.loadForFewCalls(scope, source)) {
            List<FloatBuffer> alone = products(1, probe, scope);
            int most = threads;
            while (most > 1 && !alone.equals(products(most, probe, scope))) {
                most /= 2;
            }
            return most;
        }
        finally {
            OperatorThreads.use(before);
        }
    }

    private List<FloatBuffer> products(int threads, ScriptModule probe, NDManager scope) {
        OperatorThreads.use(threads);
        List<FloatBuffer> all = new ArrayList<>();
        try (IValue widths = IValue.listFrom(this.widths.stream().mapToLong(Integer::longValue).toArray())) {
            for (int rows : ROWS) {
                if (rows <= this.kernel.exactRows()) {
                    try (IValue count = IValue.from(rows);
                            NDArray made = probe.callForArray("products", scope, count, widths,
                                    this.weights.matrices())) {
                        all.add(FloatBuffer.wrap(made.toFloatArray()));
                    }
                }
            }
        }
        return all;
    }

}
