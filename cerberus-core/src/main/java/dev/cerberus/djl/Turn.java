package dev.cerberus.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;

/**
 * A rotation as arrays on a workbench, which turns matrices by it. Used by one thread.
 */
final class Turn {

    private final TensorWorkbench bench;

    private final NDArray left;

    private final NDArray right;

    private final boolean identity;

    /**
     * Puts a rotation on a workbench.
     * @param rotation the rotation
     * @param bench where matrices are turned
     * @param owner of the rotation's factors
     */
    Turn(Rotation rotation, TensorWorkbench bench, NDManager owner) {
        this.bench = bench;
        this.identity = rotation.isIdentity();
        this.left = array(rotation.left(), owner);
        this.right = array(rotation.right(), owner);
    }

    private static NDArray array(double[][] matrix, NDManager owner) {
        float[] values = new float[matrix.length * matrix.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) matrix[i / matrix.length][i % matrix.length];
        }
        return owner.create(values, new Shape(matrix.length, matrix.length));
    }

    /** Returns the left factor, [a, a]. */
    NDArray left() {
        return this.left;
    }

    /** Returns the right factor, [b, b]. */
    NDArray right() {
        return this.right;
    }

    /** Returns a matrix whose rows are turned, piece by piece of the rotation's width. */
    NDArray rows(NDArray weight) {
        return turned("turned", weight);
    }

    /** Returns a matrix whose columns are turned, piece by piece. */
    NDArray columns(NDArray weight) {
        return turned("turned_columns", weight);
    }

    private NDArray turned(String method, NDArray weight) {
        if (this.identity) {
            return weight;
        }
        try (IValue input = ScriptModule.argument(weight);
                IValue outer = ScriptModule.argument(this.left);
                IValue inner = ScriptModule.argument(this.right)) {
            return this.bench.call(method, input, outer, inner);
        }
    }

}
