package dev.cerberus.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;

/**
 * The weights of a {@link LlamaProgram} as its arguments.
 *
 * <p>
 * The tensors behind them belong to the manager that they were loaded for. Closing frees
 * the arguments.
 *
 * @param vectors the list {@code vs}
 * @param matrices the list {@code ms}
 * @param embedding token embeddings, [vocab, hidden], also the last of the vectors
 */
record ProgramWeights(IValue vectors, IValue matrices, NDArray embedding) implements AutoCloseable {

    @Override
    public void close() {
        this.vectors.close();
        this.matrices.close();
    }

}
