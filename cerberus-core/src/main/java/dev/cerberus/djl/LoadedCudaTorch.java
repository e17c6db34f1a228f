package dev.cerberus.djl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.LibUtils;

/**
 * The libtorch of this process, asked by programs: the bindings' own way to devices is
 * CUDA's runtime library on the loader's path, which libtorch does not need.
 */
final class LoadedCudaTorch implements CudaTorch {

    private static final long MORE_THAN_THERE_IS = 1L << 50;

    @Override
    public boolean isBuilt() {
        TorchRuntime.engine();
        return Files.exists(Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cuda")));
    }

    @Override
    public OptionalInt count() {
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.cpu());
                ScriptModule program = load(manager, "probes_cuda_count.py");
                IValue count = program.call("count")) {
            return OptionalInt.of((int) count.toLong());
        }
        catch (IllegalArgumentException | EngineException ex) {
            return OptionalInt.empty(); // no such operator in this build
        }
    }

    @Override
    public void touch(int index) {
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.gpu(index));
                NDArray zeros = manager.zeros(new Shape(1))) {
            zeros.toFloatArray();
        }
    }

    @Override
    public boolean attendsInBf16(int index) {
        return attends("flash", index) || attends("efficient", index);
    }

    @Override
    public boolean attendsByFlash(int index) {
        return attends("flash", index);
    }

    private static boolean attends(String kernel, int index) {
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.cpu());
                ScriptModule program = load(manager, "probes_cuda.py");
                IValue device = IValue.from((long) index);
                IValue answer = program.call(kernel, device)) {
            return answer.toBoolean();
        }
        catch (IllegalArgumentException | EngineException ex) {
            return false; // not built in, or not for this kind of device
        }
    }

    /** Asks for more than any device has: the refusal tells what there is. */
    @Override
    public Optional<DeviceMemory> memory(int index) {
        try (NDManager manager = TorchRuntime.engine().newBaseManager(Device.gpu(index))) {
            manager.create(new Shape(MORE_THAN_THERE_IS), DataType.FLOAT32).close();
            return Optional.empty();
        }
        catch (EngineException ex) {
            return OutOfMemory.read(String.valueOf(ex.getMessage())).flatMap(OutOfMemory::memory);
        }
    }

    static ScriptModule load(NDManager manager, String file) {
        return ScriptModule.loadForFewCalls(manager, new ProgramSource().files(file).toString());
    }

}
