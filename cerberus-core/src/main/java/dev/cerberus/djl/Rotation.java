package dev.cerberus.djl;

import java.util.Arrays;

/**
 * An orthogonal matrix that spreads every coordinate over all others, as the Kronecker
 * product of two small ones.
 *
 * <p>
 * A model whose residual stream is multiplied by it computes the same as before, but no
 * activation stands out, so that rounding a row by its largest number costs little [1].
 * Immutable and thread-safe.
 *
 * @param left [a, a], row by row
 * @param right [b, b], row by row; a·b is the width
 */
/*
 * A row x of the width, read as a grid X of a rows and b columns, becomes leftᵀ·X·right.
 * A Hadamard matrix exists for every power of two; what is odd in the width is left to
 * cosines.
 *
 * [1] QuaRot, https://arxiv.org/abs/2404.00456
 */
record Rotation(double[][] left, double[][] right) {

    /** Side of the right factor at most; as good as larger ones, and cheap. */
    private static final int LARGEST_RIGHT = 64;

    /** libtorch adds the products of fewer rows in another order. */
    private static final int FEWEST_ROWS = 4;

    /** Returns the rotation of a width, at least 1. */
    static Rotation of(int width) {
        return of(width, 1);
    }

    /**
     * Returns the rotation of a width that is undone row by row at run time: where the
     * width allows, each row is a product of so many rows that others beside it do not
     * change the order of additions.
     */
    static Rotation undone(int width) {
        return of(width, FEWEST_ROWS);
    }

    private static Rotation of(int width, int leastLeft) {
        int even = Integer.lowestOneBit(width);
        int right = Math.min(even, LARGEST_RIGHT);
        while (right > 1 && width / right < leastLeft) {
            right /= 2;
        }
        return new Rotation(kronecker(cosines(width / even), hadamard(even / right)), hadamard(right));
    }

    /**
     * Returns what leaves a width, at least 1, as it is, in factors of the same sizes as
     * those of a rotation that is undone.
     */
    static Rotation none(int width) {
        Rotation rotation = undone(width);
        return new Rotation(identity(rotation.left.length), identity(rotation.right.length));
    }

    boolean isIdentity() {
        return Arrays.deepEquals(this.left, identity(this.left.length))
                && Arrays.deepEquals(this.right, identity(this.right.length));
    }

    private static double[][] identity(int size) {
        double[][] matrix = new double[size][size];
        for (int i = 0; i < size; i++) {
            matrix[i][i] = 1;
        }
        return matrix;
    }

    int width() {
        return this.left.length * this.right.length;
    }

    /** Returns a Hadamard matrix of a power of two, orthonormal. */
    private static double[][] hadamard(int size) {
        double[][] matrix = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                matrix[i][j] = ((Integer.bitCount(i & j) & 1) == 0 ? 1 : -1) / Math.sqrt(size);
            }
        }
        return matrix;
    }

    /** Returns the orthonormal matrix of the cosine transform (DCT-II). */
    private static double[][] cosines(int size) {
        double[][] matrix = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                matrix[i][j] = Math.sqrt(((i == 0) ? 1.0 : 2.0) / size)
                        * Math.cos(Math.PI * (2 * j + 1) * i / (2.0 * size));
            }
        }
        return matrix;
    }

    private static double[][] kronecker(double[][] outer, double[][] inner) {
        int size = outer.length * inner.length;
        double[][] matrix = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                matrix[i][j] = outer[i / inner.length][j / inner.length] * inner[i % inner.length][j % inner.length];
            }
        }
        return matrix;
    }

}
