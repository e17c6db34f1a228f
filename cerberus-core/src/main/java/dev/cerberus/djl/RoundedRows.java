package dev.cerberus.djl;

import java.util.List;
import java.util.stream.Stream;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.IValue;

/**
 * A matrix that reads from the residual stream, rotated and rounded some rows at a time.
 * Used by one thread.
 */
final class RoundedRows implements AutoCloseable {

    private final TensorWorkbench bench;

    private final NDArray integers;

    private final NDArray steps;

    private final List<IValue> arguments;

    private final RowWriter writer;

    /**
     * Makes room.
     * @param bench where rows are worked on
     * @param rows how many there are
     * @param factors what columns are multiplied by first, [hidden]
     * @param reading undoes the rotation of the stream
     */
    RoundedRows(TensorWorkbench bench, long rows, NDArray factors, Turn reading) {
        this.bench = bench;
        this.integers = bench.zeros(DataType.INT8, rows, factors.size());
        this.steps = bench.zeros(DataType.FLOAT32, rows);
        this.arguments = Stream.of(factors, reading.left(), reading.right(), this.integers, this.steps)
            .map(ScriptModule::argument)
            .toList();
        this.writer = new RowWriter(bench, "reading_rows", this.arguments.toArray(IValue[]::new));
    }

    /** Returns what takes the rows. */
    RowWriter writer() {
        return this.writer;
    }

    /**
     * Returns the matrix once it has all rows; the caller closes it.
     * @param name its name
     * @param matrices where it may be kept
     */
    IValue packed(String name, RoundedMatrices matrices) {
        matrices.keep(name, this.integers, this.steps);
        return this.bench.pack(this.integers, this.steps);
    }

    @Override
    public void close() {
        this.arguments.forEach(IValue::close);
    }

}
