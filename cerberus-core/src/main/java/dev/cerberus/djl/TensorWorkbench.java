package dev.cerberus.djl;

import java.nio.ByteBuffer;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.hf.TensorInfo;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.ModelException;

/**
 * The place where the bytes of a file become weights on the device: typed, joined,
 * packed.
 *
 * <p>
 * Intermediate arrays live until {@link #clear()} or {@link #close()}; what is
 * {@linkplain #keep kept} or {@linkplain #pack packed} belongs to the owner.
 */
final class TensorWorkbench implements AutoCloseable {

    private final int type;

    private final LinearKernel kernel;

    private final NDManager owner;

    private final NDManager scratch;

    private final ScriptModule script;

    /**
     * Sets up a workbench.
     * @param precision number format of the weights
     * @param kernel decides how matrices are packed
     * @param owner manager that the weights end up with
     * @param more files of methods for {@link #call}
     */
    TensorWorkbench(Precision precision, LinearKernel kernel, NDManager owner, String... more) {
        this.type = kernel.activations(precision);
        this.kernel = kernel;
        this.owner = owner;
        this.scratch = owner.newSubManager();
        this.script = ScriptModule.loadForFewCalls(this.scratch, source(kernel, more));
    }

    /** Returns the methods of a workbench. */
    static String source(LinearKernel kernel, String... more) {
        return new ProgramSource().packing(kernel).files("workbench.py").files(more).toString();
    }

    /**
     * Returns a tensor of a file in the format of activations.
     * @throws ModelException if it is not of a floating-point type
     */
    NDArray tensor(TensorInfo info, ByteBuffer data) {
        try (IValue shape = IValue.listFrom(info.dimensions());
                IValue source = IValue.from((long) scalarType(info));
                IValue target = IValue.from((long) this.type);
                NDArray bytes = bytes(data);
                IValue input = ScriptModule.argument(bytes)) {
            return call("typed", input, source, shape, target);
        }
    }

    /** Writes some rows of a file into arrays that are among the arguments. */
    void write(String method, TensorInfo info, ByteBuffer rows, IValue... arguments) {
        try (NDArray bytes = bytes(rows);
                IValue input = ScriptModule.argument(bytes);
                IValue source = IValue.from((long) scalarType(info))) {
            IValue[] all = new IValue[arguments.length + 2];
            all[0] = input;
            all[1] = source;
            System.arraycopy(arguments, 0, all, 2, arguments.length);
            call(method, all).close();
        }
    }

    private NDArray bytes(ByteBuffer data) {
        return view(data, DataType.UINT8, new Shape(data.remaining()));
    }

    /** Returns an array over some bytes outside the heap, which it does not copy. */
    NDArray view(ByteBuffer data, DataType type, Shape shape) {
        return this.scratch.create(data.duplicate(), shape, type);
    }

    /** Returns an array of zeros among the intermediate ones. */
    NDArray zeros(DataType type, long... shape) {
        return this.scratch.zeros(new Shape(shape), type);
    }

    /** Returns the rows of all parts, one part after another. */
    NDArray joined(List<NDArray> parts) {
        return call("joined", parts);
    }

    NDArray call(String method, List<NDArray> parts) {
        try (IValue list = ScriptModule.listArgument(parts)) {
            return call(method, list);
        }
    }

    NDArray call(String method, IValue... arguments) {
        return this.script.callForArray(method, this.scratch, arguments);
    }

    /**
     * Returns a matrix as the kernel wants it, as an argument; the caller closes it. A
     * tensor behind it belongs to the owner.
     */
    IValue pack(NDArray matrix) {
        if (!this.kernel.boxes()) {
            return ScriptModule.argument(packTensor(matrix));
        }
        try (IValue input = ScriptModule.argument(matrix)) {
            return this.script.call("packed", input);
        }
    }

    /** Returns how wide a step of every row is to be rounded to, [out]. */
    NDArray steps(NDArray matrix) {
        try (IValue input = ScriptModule.argument(matrix)) {
            return call("steps", input);
        }
    }

    /** Returns a matrix rounded to integers, [out, in]. */
    NDArray inSteps(NDArray matrix, NDArray steps) {
        try (IValue input = ScriptModule.argument(matrix); IValue widths = ScriptModule.argument(steps)) {
            return call("in_steps", input, widths);
        }
    }

    /** Returns a matrix that was rounded already, [out, in] and [out]. */
    IValue pack(NDArray integers, NDArray steps) {
        try (IValue input = ScriptModule.argument(integers); IValue widths = ScriptModule.argument(steps)) {
            return this.script.call("packed_integers", input, widths);
        }
    }

    /**
     * Returns a matrix as a kernel that packs tensors wants it, attached to the owner.
     */
    NDArray packTensor(NDArray matrix) {
        if (!this.kernel.packs()) {
            return keep(matrix);
        }
        try (IValue input = ScriptModule.argument(matrix)) {
            return this.script.callForArray("packed", this.owner, input);
        }
    }

    /** Returns an array as it is, attached to the owner. */
    NDArray keep(NDArray array) {
        array.attach(this.owner);
        return array;
    }

    /** Frees the intermediate arrays. */
    void clear() {
        for (var resource : this.scratch.getManagedArrays()) {
            resource.close();
        }
    }

    private static int scalarType(TensorInfo info) {
        TensorType type = info.dtype();
        return switch (type) {
            case F32 -> 6;
            case F16 -> 5;
            case BF16 -> 15;
            case F64, I64, I32, I16, I8, U8, BOOL -> throw new ModelException(
                    "tensor " + info.name() + " is of type " + type + "; weights must be F32, F16 or BF16");
        };
    }

    @Override
    public void close() {
        this.script.close();
        this.scratch.close();
    }

}
