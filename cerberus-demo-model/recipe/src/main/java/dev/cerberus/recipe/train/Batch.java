package dev.cerberus.recipe.train;

import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Token sequences of one length that go through the model together, with the tokens to be
 * predicted.
 *
 * @param rows number of sequences
 * @param length tokens in each sequence, padding included
 * @param tokens ids, row by row
 * @param positions indices into {@code tokens} whose next token counts
 * @param targets the next token at each of the positions
 * @param weights what each of the positions counts, above 0
 */
record Batch(int rows, int length, long[] tokens, long[] positions, long[] targets, float[] weights) {

    Batch {
        if (tokens.length != rows * length) {
            throw new IllegalArgumentException(
                    "tokens must hold " + rows + " × " + length + " ids, were " + tokens.length);
        }
        if (positions.length != targets.length || positions.length != weights.length) {
            throw new IllegalArgumentException("positions, targets and weights must have one length, were "
                    + positions.length + ", " + targets.length + " and " + weights.length);
        }
    }

    /**
     * Copies the batch into the four tensors that the training program expects.
     * @param manager owner of the tensors
     * @return tokens, positions, targets, weights
     */
    List<NDArray> tensors(NDManager manager) {
        return List.of(manager.create(this.tokens, new Shape(this.rows, this.length)), manager.create(this.positions),
                manager.create(this.targets), manager.create(this.weights));
    }

}
