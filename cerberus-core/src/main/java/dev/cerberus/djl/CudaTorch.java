package dev.cerberus.djl;

import java.util.Optional;
import java.util.OptionalInt;

import ai.djl.engine.EngineException;

/**
 * What can be asked of the loaded libtorch about CUDA devices.
 */
interface CudaTorch {

    /**
     * Returns whether libtorch's CUDA library is there.
     */
    boolean isBuilt();

    /**
     * Returns the number of devices that it sees.
     * @return 0 or more; empty if it does not tell
     */
    OptionalInt count();

    /**
     * Writes to memory of a device and reads it again.
     * @param index the device's number
     * @throws EngineException if that fails, with libtorch's reason
     */
    void touch(int index);

    /**
     * Returns whether a device has an attention kernel of its own for bf16: those that
     * compute in bf16 have, older ones imitate it.
     * @param index the device's number
     */
    boolean attendsInBf16(int index);

    /**
     * Returns whether a device and this build of libtorch have flash attention.
     * @param index the device's number
     */
    boolean attendsByFlash(int index);

    /**
     * Returns the memory of a device.
     * @param index the device's number
     * @return all of it and what is free; empty if it does not tell
     */
    Optional<DeviceMemory> memory(int index);

}
