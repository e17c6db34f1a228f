package dev.cerberus.djl;

/**
 * The number format of a target model's weights and activations.
 */
public enum Precision {

    /** 32-bit floating point: the same tokens whatever is drafted. */
    FP32(6, Float.BYTES),

    /** 16-bit brain floating point: near-ties may fall differently when drafted. */
    BF16(15, Short.BYTES),

    /**
     * 16-bit floating point. On CUDA near-ties may fall differently when drafted. On x86
     * CPUs weights are kept in it and everything else is computed in 32 bits: the same
     * tokens whatever is drafted.
     */
    FP16(5, Short.BYTES),

    /**
     * Matrices of 8-bit integers, on x86 CPUs only: the same tokens whatever is drafted,
     * though others than without rounding.
     */
    INT8(6, Byte.BYTES);

    private final int scalarType;

    private final int weightBytes;

    Precision(int scalarType, int weightBytes) {
        this.scalarType = scalarType;
        this.weightBytes = weightBytes;
    }

    /** Returns the bytes that a weight of a matrix takes. */
    int weightBytes() {
        return this.weightBytes;
    }

    /** Returns the number that TorchScript uses for the format. */
    int scalarType() {
        return this.scalarType;
    }

}
