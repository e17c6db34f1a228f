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

    private final IValue rotation;

    private final NDArray states; // [nodes, hidden], as the program leaves them

    private final NDArray logits; // [nodes, vocab]

    private final long[] argmax; // [nodes]

    private final float[] highest; // [nodes], the logit of argmax, or what is not a
                                   // number

    DjlNodeScores(NDManager manager, ScriptModule readers, IValue rotation, NDArray states, NDArray logits,
            long[] argmax, float[] highest) {
        this.manager = manager;
        this.readers = readers;
        this.rotation = rotation;
        this.states = states;
        this.logits = logits;
        this.argmax = argmax;
        this.highest = highest;
    }

    /**
     * Returns the states of the nodes, [nodes, hidden], which {@code restored} makes
     * hidden states of; owned by these scores.
     */
    NDArray states() {
        return this.states;
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
    public boolean areFinite(int node) {
        // What is not a number is the highest of its row.
        return Float.isFinite(this.highest[node]);
    }

    @Override
    public float[] logits(int node) {
        try (IValue input = ScriptModule.argument(this.logits);
                IValue index = IValue.from((long) node);
                NDArray row = this.readers.callForArray("row", this.manager, input, index)) {
            return row.toFloatArray();
        }
    }

    @Override
    public float[] hidden(int node) {
        try (IValue input = ScriptModule.argument(this.states);
                IValue index = IValue.from((long) node);
                NDArray row = this.readers.callForArray("hidden", this.manager, input, index, this.rotation)) {
            return row.toFloatArray();
        }
    }

    @Override
    public void close() {
        this.manager.close();
    }

}
