package dev.cerberus.djl;

/**
 * The number format of a target model's weights and activations.
 */
public enum Precision {

    /** 32-bit floating point: the same tokens whatever is drafted. */
    FP32(6, 6),

    /** 16-bit brain floating point: near-ties may fall differently when drafted. */
    BF16(15, 15),

    /** 16-bit floating point, on CUDA only. */
    FP16(5, 5),

    /**
     * Matrices of 8-bit integers, on x86 CPUs only: the same tokens whatever is drafted,
     * though others than without rounding.
     */
    INT8(6, 7);

    private final int scalarType;

    private final int cacheScalarType;

    Precision(int scalarType, int cacheScalarType) {
        this.scalarType = scalarType;
        this.cacheScalarType = cacheScalarType;
    }

    /** Returns the number that TorchScript uses for the format of activations. */
    int scalarType() {
        return this.scalarType;
    }

    /**
     * Returns the number that TorchScript uses for the format of keys, values and
     * attention.
     */
    /*
     * What attention rounds depends on the number of rows, in the last bit, and rounding
     * to int8 would turn a last bit into a step of 1/127 now and then. In float64 the
     * last bit is gone once the result is rounded to float32.
     */
    int cacheScalarType() {
        return this.cacheScalarType;
    }

}
