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
 * @param embedding token embeddings, [vocab, hidden], also among the vectors
 * @param rotation what brings states and embeddings back into the model's own basis, see
 * {@code rotated.py}; of a model that is not rotated anything
 */
record ProgramWeights(IValue vectors, IValue matrices, NDArray embedding, IValue rotation) implements AutoCloseable {

    @Override
    public void close() {
        this.vectors.close();
        this.matrices.close();
        this.rotation.close();
    }

}
