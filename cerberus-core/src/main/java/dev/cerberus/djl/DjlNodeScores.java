package dev.cerberus.djl;

import java.util.Objects;
import java.util.OptionalInt;

import ai.djl.ndarray.NDArray;

import dev.cerberus.model.NodeScores;

/**
 * Scores of one sequence's nodes: consecutive rows of what a forward leaves behind.
 */
final class DjlNodeScores implements NodeScores {

    private final ForwardTensors tensors;

    private final int first;

    private final int nodes;

    private boolean closed;

    DjlNodeScores(ForwardTensors tensors, int first, int nodes) {
        this.tensors = tensors;
        this.first = first;
        this.nodes = nodes;
    }

    /**
     * Returns the states of all rows of the forward, which {@code restored} makes hidden
     * states of; owned by the forward.
     */
    NDArray states() {
        return this.tensors.states();
    }

    /** Returns the row of a node among the {@link #states}. */
    int row(int node) {
        return this.first + Objects.checkIndex(node, this.nodes);
    }

    @Override
    public int nodeCount() {
        return this.nodes;
    }

    @Override
    public int argmax(int node) {
        return this.tensors.tokens().best(row(node));
    }

    @Override
    public boolean areFinite(int node) {
        // What is not a number is the highest of its row.
        return Float.isFinite(this.tensors.tokens().highest(row(node)));
    }

    @Override
    public OptionalInt chosen(int node) {
        return this.tensors.tokens().chosen(row(node));
    }

    @Override
    public float[] logits(int node) {
        return this.tensors.logits(row(node));
    }

    @Override
    public float[] hidden(int node) {
        return this.tensors.hidden(row(node));
    }

    @Override
    public void close() {
        if (!this.closed) {
            this.closed = true;
            this.tensors.release();
        }
    }

}
