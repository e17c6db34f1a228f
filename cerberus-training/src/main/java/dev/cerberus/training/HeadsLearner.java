package dev.cerberus.training;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;

import dev.cerberus.djl.HeadsProgram;
import dev.cerberus.djl.ScriptModule;
import dev.cerberus.model.HeadsDescription;

/**
 * Heads while they learn: parameters, optimizer state and the program that changes them.
 *
 * <p>
 * Confined to one thread. The caller closes it.
 */
final class HeadsLearner implements AutoCloseable {

    private final HeadsDescription heads;

    private final boolean trainsOutput;

    private final NDManager manager;

    private final ScriptModule program;

    private final List<NDArray> fixed = new ArrayList<>();

    private final List<NDArray> parameters = new ArrayList<>();

    private final List<NDArray> momenta = new ArrayList<>();

    private final List<NDArray> variances = new ArrayList<>();

    private final float[] frozenOutput;

    /**
     * Creates a learner.
     * @param heads shape of the heads
     * @param manager a manager of the PyTorch engine, closed with the learner
     * @param bf16 whether to compute in bf16
     * @param trainsOutput whether the LM head is trained
     * @param initial first value of every weight, in the program's order
     * @param embeddings rows of the embedding table, [rows, hidden], on the training's
     * scale
     * @param hiddenRms what hidden states are divided by
     */
    HeadsLearner(HeadsDescription heads, NDManager manager, boolean bf16, boolean trainsOutput, List<float[]> initial,
            float[] embeddings, double hiddenRms) {
        // The optimizing executor, once it has seen a step, loses track of what needs a
        // gradient. The switch belongs to the thread.
        JniUtils.setGraphExecutorOptimize(false);
        this.heads = heads;
        this.trainsOutput = trainsOutput;
        this.manager = manager;
        this.program = ScriptModule.load(manager, LearningProgram.source(heads, bf16, trainsOutput));
        long[][] shapes = HeadsProgram.forTraining(heads).weightShapes();
        int output = shapes.length - 1;
        this.frozenOutput = trainsOutput ? new float[0] : initial.get(output);
        this.fixed.add(typed(
                manager.create(embeddings, new Shape(embeddings.length / heads.hiddenSize(), heads.hiddenSize()))));
        this.fixed.add(manager.create(new float[] { (float) (1 / hiddenRms) }));
        for (int i = 0; i < shapes.length; i++) {
            NDArray array = manager.create(initial.get(i), new Shape(shapes[i]));
            if (i == output && !trainsOutput) {
                this.fixed.add(typed(array));
            }
            else {
                this.parameters.add(array);
                this.momenta.add(manager.zeros(new Shape(shapes[i])));
                this.variances.add(manager.zeros(new Shape(shapes[i])));
            }
        }
    }

    private NDArray typed(NDArray array) {
        try (array) {
            // Not as a plain call: tensors made without autograd can not be used with it.
            return this.program.callWithAutograd("typed", this.manager, List.of(array)).singletonOrThrow();
        }
    }

    /**
     * Does one step of AdamW, unless the loss is not finite.
     * @param batch what to learn from
     * @param rates learning rate, that of the LM head, number of this step from 1, weight
     * decay
     * @return the loss of each head and the norm of the gradient, [heads + 1]
     */
    float[] step(Batch batch, float[] rates) {
        try (NDManager scope = this.manager.newSubManager()) {
            NDList result = this.program.callWithAutograd("step", scope, batch.tensors(scope, this.heads), this.fixed,
                    this.parameters, this.momenta, this.variances, List.of(scope.create(rates)));
            try (result) {
                return result.singletonOrThrow().toFloatArray();
            }
        }
    }

    /**
     * Measures how well the heads do.
     * @param batch what to measure on, with one label per head and position
     * @return for each head the sum of the losses and the number of labels at each rank,
     * [heads][1 + ranks]
     */
    float[][] measure(Batch batch) {
        try (NDManager scope = this.manager.newSubManager()) {
            NDList result = this.program.callWithAutograd("measure", scope, batch.tensors(scope, this.heads),
                    this.fixed, this.parameters);
            try (result) {
                float[] flat = result.singletonOrThrow().toFloatArray();
                int width = flat.length / this.heads.heads();
                float[][] rows = new float[this.heads.heads()][];
                for (int head = 0; head < rows.length; head++) {
                    rows[head] = Arrays.copyOfRange(flat, head * width, (head + 1) * width);
                }
                return rows;
            }
        }
    }

    /** Returns the value of every weight, in the program's order. */
    List<float[]> weights() {
        List<float[]> values = values(this.parameters);
        if (!this.trainsOutput) {
            values.add(this.frozenOutput);
        }
        return values;
    }

    /** Returns parameters, momenta and variances, one after another. */
    List<float[]> state() {
        List<float[]> values = values(this.parameters);
        values.addAll(values(this.momenta));
        values.addAll(values(this.variances));
        return values;
    }

    /**
     * Takes on a state.
     * @param state as {@link #state} returns it
     */
    void restore(List<float[]> state) {
        int n = this.parameters.size();
        for (int i = 0; i < n; i++) {
            this.parameters.get(i).set(state.get(i));
            this.momenta.get(i).set(state.get(n + i));
            this.variances.get(i).set(state.get(2 * n + i));
        }
    }

    private static List<float[]> values(List<NDArray> arrays) {
        List<float[]> values = new ArrayList<>();
        arrays.forEach((array) -> values.add(array.toFloatArray()));
        return values;
    }

    @Override
    public void close() {
        this.program.close();
        this.manager.close();
    }

    /**
     * Positions to learn from, as plain arrays.
     *
     * @param hidden hidden states, bf16, [positions, hidden]
     * @param roots rows of the embedding table, [positions · roots per position]
     * @param labels rows of the draft vocabulary, [heads · positions · choices]
     * @param weights what each label counts, [heads · positions · choices]
     * @param parents rows of the draft vocabulary of the tokens before the labels of the
     * second head and the further ones, [(heads - 1) · positions]; empty for heads
     * without transitions
     */
    record Batch(ByteBuffer hidden, long[] roots, long[] labels, float[] weights, long[] parents) {

        List<NDArray> tensors(NDManager scope, HeadsDescription heads) {
            int width = LearningProgram.rootsPerPosition(heads);
            long positions = this.roots.length / width;
            Shape choices = new Shape(heads.heads(), positions,
                    this.labels.length / ((long) heads.heads() * positions));
            NDArray states = scope.create(this.hidden.duplicate(),
                    new Shape(positions, this.hidden.remaining() / positions), DataType.UINT8);
            List<NDArray> tensors = new ArrayList<>(
                    List.of(states, scope.create(this.roots, new Shape(positions, width)),
                            scope.create(this.labels, choices), scope.create(this.weights, choices)));
            if (this.parents.length > 0) {
                tensors.add(scope.create(this.parents, new Shape(heads.heads() - 1L, positions)));
            }
            return tensors;
        }

    }

}
