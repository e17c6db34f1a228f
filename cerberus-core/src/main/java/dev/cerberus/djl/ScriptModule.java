package dev.cerberus.djl;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;

/**
 * A TorchScript program compiled by libtorch from source text held in this code base.
 *
 * <p>
 * The program has methods and no state: weights and caches are arguments. {@link #call}
 * runs a method without autograd, {@link #callWithAutograd} with it (the method may then
 * use {@code torch.grad}). Not thread-safe as a whole (the loading manager is not),
 * though a loaded program may be called from one thread at a time, any thread.
 * {@link #close()} frees the native module; closing the manager that loaded it does the
 * same.
 */
public final class ScriptModule implements AutoCloseable {

    private final PtNDManager manager;

    private final PtSymbolBlock block;

    private final boolean optimized;

    private ScriptModule(PtNDManager manager, PtSymbolBlock block, boolean optimized) {
        this.manager = manager;
        this.block = block;
        this.optimized = optimized;
    }

    /**
     * Compiles a program.
     * @param manager a manager of the PyTorch engine, which owns the program until it is
     * closed
     * @param methodSource definitions of the methods in TorchScript's serialised dialect:
     * a type on every parameter but {@code self}, operators as {@code torch.name}, lists
     * of tensors as {@code List[Tensor]}
     * @return the compiled program; the caller closes it
     * @throws IllegalArgumentException if the manager belongs to another engine, or if
     * libtorch rejects the source
     */
    public static ScriptModule load(NDManager manager, String methodSource) {
        return load(manager, methodSource, true);
    }

    /**
     * Compiles a program that runs a few times only, such as a probe: its methods run as
     * they are written, while libtorch rewrites those of {@link #load} in their first two
     * calls, which takes a tenth to half a second.
     * @param manager as for {@link #load}
     * @param methodSource as for {@link #load}
     * @return the compiled program; the caller closes it
     * @throws IllegalArgumentException as for {@link #load}
     */
    static ScriptModule loadForFewCalls(NDManager manager, String methodSource) {
        return load(manager, methodSource, false);
    }

    private static ScriptModule load(NDManager manager, String methodSource, boolean optimized) {
        PtNDManager owner = requirePyTorch(manager);
        byte[] archive = TorchScriptArchive.of(methodSource);
        try {
            return new ScriptModule(owner, JniUtils.loadModule(owner, new ByteArrayInputStream(archive), false, false),
                    optimized);
        }
        catch (EngineException ex) {
            throw new IllegalArgumentException("libtorch rejects the TorchScript source: " + ex.getMessage(), ex);
        }
        catch (IOException ex) {
            throw new UncheckedIOException("Could not hand a TorchScript archive to libtorch", ex);
        }
    }

    /**
     * Calls a method of the program.
     * @param method name of the method
     * @param arguments its arguments without {@code self}; they stay open and may be used
     * again
     * @return what the method returns; the caller closes it
     * @throws EngineException if an operator fails
     * @throws IllegalStateException if the program is closed
     */
    public IValue call(String method, IValue... arguments) {
        if (this.optimized) {
            return IValueUtils.runMethod(this.block, method, arguments);
        }
        JniUtils.setGraphExecutorOptimize(false); // for this thread
        try {
            return IValueUtils.runMethod(this.block, method, arguments);
        }
        finally {
            JniUtils.setGraphExecutorOptimize(true);
        }
    }

    /**
     * Calls a method that returns one tensor.
     * @param method name of the method
     * @param target manager that owns the returned array
     * @param arguments its arguments without {@code self}
     * @return the tensor, attached to {@code target}
     */
    public NDArray callForArray(String method, NDManager target, IValue... arguments) {
        try (IValue result = call(method, arguments)) {
            return result.toTensor(requirePyTorch(target));
        }
    }

    /**
     * Calls a method that returns a list or tuple of tensors.
     * @param method name of the method
     * @param target manager that owns the returned arrays
     * @param arguments its arguments without {@code self}
     * @return the tensors in order, attached to {@code target}
     */
    public NDArray[] callForArrays(String method, NDManager target, IValue... arguments) {
        try (IValue result = call(method, arguments)) {
            return result.toNDList(requirePyTorch(target)).toArray(NDArray[]::new);
        }
    }

    /**
     * Calls a training method, outside inference mode; all its arguments are lists of
     * tensors. Whether gradients are recorded depends on the calling thread, so the
     * method itself calls {@code torch.set_grad_enabled(True)} first.
     * @param method name of the method
     * @param target manager that owns the returned arrays
     * @param arguments the arguments, each at least one array for a parameter of type
     * {@code List[Tensor]}; the arrays are renamed by the call
     * @return what the method returns (a tensor, or a list or tuple of tensors), attached
     * to {@code target}
     * @throws EngineException if an operator fails
     */
    @SafeVarargs
    public final NDList callWithAutograd(String method, NDManager target, List<? extends NDArray>... arguments) {
        // DJL decides by the names of the arrays which method runs and which arrays form
        // one list argument.
        NDList named = new NDList();
        try (NDArray selector = target.zeros(new Shape(1))) {
            selector.setName("module_method:" + method);
            named.add(selector);
            for (int i = 0; i < arguments.length; i++) {
                for (NDArray array : arguments[i]) {
                    array.setName("argument" + i + "[]");
                    named.add(array);
                }
            }
            return IValueUtils.forward(this.block, named, true);
        }
    }

    /**
     * Returns the native module behind this program.
     * @return the block, valid until this program is closed
     */
    public PtSymbolBlock block() {
        return this.block;
    }

    /**
     * Returns the manager that loaded this program.
     * @return the owning manager
     */
    public NDManager manager() {
        return this.manager;
    }

    @Override
    public void close() {
        this.block.close();
    }

    /**
     * Wraps an array as an argument.
     * @param array an array of the PyTorch engine, which must outlive the argument
     * @return the argument; the caller closes it
     */
    public static IValue argument(NDArray array) {
        return IValue.from((PtNDArray) array);
    }

    /**
     * Wraps arrays as one argument of type {@code List[Tensor]}.
     * @param arrays at least one array of the PyTorch engine
     * @return the argument; the caller closes it
     */
    public static IValue listArgument(Collection<? extends NDArray> arrays) {
        return IValue.listFrom(arrays.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
    }

    private static PtNDManager requirePyTorch(NDManager manager) {
        if (manager instanceof PtNDManager pyTorch) {
            return pyTorch;
        }
        throw new IllegalArgumentException("TorchScript programs need DJL's PyTorch engine, but the manager belongs to "
                + manager.getEngine().getEngineName() + "; add ai.djl.pytorch:pytorch-engine to the class path");
    }

}
