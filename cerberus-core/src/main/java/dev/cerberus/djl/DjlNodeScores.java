package dev.cerberus.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.NodeScores;

/**
 * Scores of one forward, held as tensors on the device.
 */
final class DjlNodeScores implements NodeScores {

    private final NDManager manager;

    private final ScriptModule readers;

    private final NDArray hidden; // [nodes, hidden]

    private final NDArray logits; // [nodes, vocab]

    private final long[] argmax; // [nodes]

    DjlNodeScores(NDManager manager, ScriptModule readers, NDArray hidden, NDArray logits, long[] argmax) {
        this.manager = manager;
        this.readers = readers;
        this.hidden = hidden;
        this.logits = logits;
        this.argmax = argmax;
    }

    /** Returns the hidden states, [nodes, hidden]; owned by these scores. */
    NDArray hiddenStates() {
        return this.hidden;
    }

    @Override
    public int nodeCount() {
        return this.argmax.length;
    }

    @Override
    public int argmax(int node) {
        return (int) this.argmax[node];
    }

    @Override
    public float[] logits(int node) {
        return row(this.logits, node);
    }

    @Override
    public float[] hidden(int node) {
        return row(this.hidden, node);
    }

    private float[] row(NDArray rows, int node) {
        try (IValue input = ScriptModule.argument(rows);
                IValue index = IValue.from((long) node);
                NDArray row = this.readers.callForArray("row", this.manager, input, index)) {
            return row.toFloatArray();
        }
    }

    @Override
    public void close() {
        this.manager.close();
    }

}
