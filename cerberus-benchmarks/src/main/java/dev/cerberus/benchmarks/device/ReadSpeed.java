package dev.cerberus.benchmarks.device;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import dev.cerberus.djl.TorchDevice;

/**
 * How fast a device's memory is read: what steps do, which write next to nothing.
 */
final class ReadSpeed {

    private static final long BYTES = 1L << 28; // far larger than any cache

    private static final int ROUNDS = 10;

    private ReadSpeed() {
    }

    /**
     * Adds up the numbers of a block again and again, with the threads that steps use.
     * @param device where
     * @return bytes per second in the best round
     */
    static double bytesPerSecond(TorchDevice device) {
        try (NDManager manager = device.newManager(); NDArray numbers = manager.ones(new Shape(BYTES / Float.BYTES))) {
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                try (NDArray sum = numbers.sum()) {
                    sum.getFloat(); // waits for the device
                }
                best = Math.max(best, BYTES / ((System.nanoTime() - start) * 1e-9));
            }
            return best;
        }
    }

}
