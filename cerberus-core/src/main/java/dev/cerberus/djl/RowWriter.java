package dev.cerberus.djl;

import java.nio.ByteBuffer;
import java.util.Arrays;

import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.TensorInfo;

/**
 * A method of a workbench that turns some rows of a tensor into weights. Used by one
 * thread.
 */
final class RowWriter {

    private final TensorWorkbench bench;

    private final String method;

    private final IValue[] arguments; // the last one says which row is the first

    /**
     * Creates a writer.
     * @param bench has the method
     * @param method its name
     * @param arguments its arguments between the rows and the number of the first one;
     * they stay the caller's
     */
    RowWriter(TensorWorkbench bench, String method, IValue... arguments) {
        this.bench = bench;
        this.method = method;
        this.arguments = Arrays.copyOf(arguments, arguments.length + 1);
    }

    /**
     * Writes rows.
     * @param info their tensor
     * @param rows their bytes
     * @param first which row of what is written the first one becomes
     */
    void write(TensorInfo info, ByteBuffer rows, long first) {
        try (IValue from = IValue.from(first)) {
            this.arguments[this.arguments.length - 1] = from;
            this.bench.write(this.method, info, rows, this.arguments);
        }
    }

}
