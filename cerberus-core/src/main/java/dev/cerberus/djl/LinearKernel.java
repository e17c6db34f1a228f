package dev.cerberus.djl;

import java.util.List;

/**
 * How a program multiplies activations by a weight matrix.
 *
 * <p>
 * What a kernel is lies in its files: one defines {@code packed}, the other how to
 * multiply by what that returns.
 */
enum LinearKernel {

    /** libtorch's general kernel; works everywhere. */
    GENERAL(false, "general.py", "general.py", "general.py"),

    /**
     * libtorch's general kernel on CUDA, which adds to the residual stream in place.
     */
    ACCUMULATING(false, "general.py", "residual.py", "general.py"),

    /**
     * oneDNN with weights packed once, on x86 CPUs: a row's result does not depend on the
     * number of rows.
     */
    PACKED(false, "packed.py", "packed.py", "packed.py"),

    /**
     * FBGEMM with weights rounded to int8 on CPUs that add their products in 32 bits: a
     * row's result does not depend on the other rows.
     */
    INT8(true, "int8_full.py", "int8.py", "int8_heads.py"),

    /**
     * FBGEMM with weights rounded to int8 such that no pair of products overflows 16
     * bits, on every x86 CPU: a row's result does not depend on the other rows.
     */
    INT8_BOUNDED(true, "int8_bounded.py", "int8.py", "int8_heads.py"),

    /**
     * FBGEMM with weights in 16-bit and everything else in 32-bit floating point, on x86
     * CPUs: a row's result does not depend on the other rows, their number being filled
     * up ({@link FilledRows}).
     */
    FP16_WEIGHTS(false, "fp16_packing.py", "fp16_weights.py", "fp16_heads.py");

    private final boolean quantized;

    private final String packing;

    private final String products;

    private final String headsProducts;

    LinearKernel(boolean quantized, String packing, String products, String headsProducts) {
        this.quantized = quantized;
        this.packing = packing;
        this.products = products;
        this.headsProducts = headsProducts;
    }

    /** Returns whether matrices are rounded to int8; a model's are rotated before. */
    boolean quantized() {
        return this.quantized;
    }

    /**
     * Returns whether a packed matrix is an object of FBGEMM's; else it is a tensor.
     */
    boolean boxes() {
        return this.quantized || this == FP16_WEIGHTS;
    }

    /** Returns TorchScript's number for the format of activations. */
    int activations(Precision precision) {
        return boxes() ? Precision.FP32.scalarType() : precision.scalarType();
    }

    /** Returns whether the embedding is kept in 16 bits beside wider activations. */
    boolean embedsInHalves() {
        return boxes();
    }

    /** Returns whether matrices are laid out anew. */
    boolean packs() {
        return this != GENERAL && this != ACCUMULATING;
    }

    /** Returns whether a row's result does not depend on the other rows. */
    boolean exact() {
        return packs();
    }

    /**
     * Returns the most rows of a product for which a row's result does not depend on the
     * others; oneDNN works in another order on more.
     */
    int exactRows() {
        return (this == PACKED) ? 64 : Integer.MAX_VALUE;
    }

    /** Returns the files that define how a matrix is packed. */
    List<String> packing() {
        return this.quantized ? List.of(this.packing, "int8_packing.py") : List.of(this.packing);
    }

    /** Returns the files that define how rows are multiplied by a packed matrix. */
    List<String> products() {
        return filling(this.products);
    }

    /** Returns the files that define how draft heads do so. */
    List<String> headsProducts() {
        return filling(this.headsProducts);
    }

    private List<String> filling(String file) {
        return (this == FP16_WEIGHTS) ? List.of("fp16_products.py", file) : List.of(file);
    }

    /** Returns the file that defines how the embedding is looked up. */
    String embedding() {
        return embedsInHalves() ? "embedding_in_halves.py" : "embedding.py";
    }

    /**
     * Returns the file that defines how hidden states come into the model's own basis.
     */
    String basis() {
        if (this.quantized) {
            return "rotated.py";
        }
        return embedsInHalves() ? "unrotated_in_halves.py" : "unrotated.py";
    }

    /** Returns the TorchScript type of a packed matrix. */
    String matrixType() {
        return boxes() ? "__torch__.torch.classes.quantized.LinearPackedParamsBase" : "Tensor";
    }

}
