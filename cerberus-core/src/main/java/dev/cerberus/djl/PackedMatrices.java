package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;

/**
 * Matrices on their way into one argument of a program, packed one by one.
 *
 * <p>
 * Closing frees what was collected; an argument made before stays.
 */
final class PackedMatrices implements AutoCloseable {

    private final TensorWorkbench bench;

    private final List<IValue> packed = new ArrayList<>();

    PackedMatrices(TensorWorkbench bench) {
        this.bench = bench;
    }

    void add(NDArray matrix) {
        this.packed.add(this.bench.pack(matrix));
    }

    /** Returns the list of what was added; the caller closes it. */
    IValue argument() {
        return IValue.listFrom(this.packed.toArray(IValue[]::new));
    }

    @Override
    public void close() {
        this.packed.forEach(IValue::close);
    }

}
