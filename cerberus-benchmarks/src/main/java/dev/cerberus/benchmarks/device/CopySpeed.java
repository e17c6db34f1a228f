package dev.cerberus.benchmarks.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import dev.cerberus.djl.TorchDevice;

/**
 * How fast a device's memory is: the rate of large copies inside it.
 */
final class CopySpeed {

    private static final int COPIES = 10;

    private static final int ROUNDS = 5;

    private CopySpeed() {
    }

    /**
     * Copies a block again and again.
     * @param device where
     * @param bytes size of the block, which should be far larger than any cache
     * @return bytes per second in the best round, read and written ones together
     */
    static double bytesPerSecond(TorchDevice device, long bytes) {
        Device place = device.isCpu() ? Device.cpu() : Device.gpu(Integer.parseInt(device.name().substring(5)));
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(place);
                NDArray source = manager.ones(new Shape(bytes / Float.BYTES))) {
            copy(source, 1);
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                copy(source, COPIES);
                best = Math.max(best, 2.0 * bytes * COPIES / ((System.nanoTime() - start) * 1e-9));
            }
            return best;
        }
    }

    private static void copy(NDArray source, int times) {
        for (int i = 1; i < times; i++) {
            source.duplicate().close();
        }
        try (NDArray last = source.duplicate(); NDArray element = last.get(0)) {
            element.getFloat(); // waits for the device
        }
    }

}
