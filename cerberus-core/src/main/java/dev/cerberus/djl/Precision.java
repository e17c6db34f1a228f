package dev.cerberus.djl;

/**
 * The number format of a target model's weights and activations.
 */
public enum Precision {

    /** 32-bit floating point: the same tokens whatever is drafted. */
    FP32(6),

    /** 16-bit brain floating point: near-ties may fall differently when drafted. */
    BF16(15),

    /** 16-bit floating point, on CUDA only. */
    FP16(5),

    /**
     * Matrices of 8-bit integers, on x86 CPUs only: the same tokens whatever is drafted,
     * though others than without rounding.
     */
    INT8(6);

    private final int scalarType;

    Precision(int scalarType) {
        this.scalarType = scalarType;
    }

    /** Returns the number that TorchScript uses for the format of activations. */
    int scalarType() {
        return this.scalarType;
    }

}
