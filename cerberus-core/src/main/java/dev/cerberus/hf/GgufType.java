package dev.cerberus.hf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The type of a tensor in a GGUF file: how many values a block holds, how many bytes it
 * takes, and how it is decoded if it can be.
 */
enum GgufType {

    F32(0, 1, 4, TensorType.F32), F16(1, 1, 2, TensorType.F16), Q4_0(2, 32, 18, TensorType.F32),
    Q4_1(3, 32, 20, TensorType.F32), Q5_0(6, 32, 22, TensorType.F32), Q5_1(7, 32, 24, TensorType.F32),
    Q8_0(8, 32, 34, TensorType.F32), Q8_1(9, 32, 36), Q2_K(10, 256, 84), Q3_K(11, 256, 110),
    Q4_K(12, 256, 144, TensorType.F32), Q5_K(13, 256, 176, TensorType.F32), Q6_K(14, 256, 210, TensorType.F32),
    Q8_K(15, 256, 292), IQ2_XXS(16, 256, 66), IQ2_XS(17, 256, 74), IQ3_XXS(18, 256, 98), IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18), IQ3_S(21, 256, 110), IQ2_S(22, 256, 82), IQ4_XS(23, 256, 136), I8(24, 1, 1), I16(25, 1, 2),
    I32(26, 1, 4), I64(27, 1, 8), F64(28, 1, 8), IQ1_M(29, 256, 56), BF16(30, 1, 2, TensorType.BF16),
    TQ1_0(34, 256, 54), TQ2_0(35, 256, 66), MXFP4(39, 32, 17), NVFP4(40, 64, 36), Q1_0(41, 128, 18);

    private final int id;

    private final int blockElements;

    private final int blockBytes;

    private final TensorType stored;

    /** A type that is known but not read. */
    GgufType(int id, int blockElements, int blockBytes) {
        this(id, blockElements, blockBytes, TensorType.U8);
    }

    GgufType(int id, int blockElements, int blockBytes, TensorType stored) {
        this.id = id;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.stored = stored;
    }

    static Optional<GgufType> of(int id) {
        return Arrays.stream(values()).filter((type) -> type.id == id).findFirst();
    }

    /** The names of the types that weights can be read from. */
    static String readable() {
        return Arrays.stream(values())
            .filter(GgufType::isReadable)
            .map(GgufType::name)
            .collect(Collectors.joining(", "));
    }

    /** The number that files write. */
    int id() {
        return this.id;
    }

    /** Values in one block, 1 where each stands alone. */
    int blockElements() {
        return this.blockElements;
    }

    /** Bytes of one block. */
    int blockBytes() {
        return this.blockBytes;
    }

    /** Bytes of so many values, a multiple of a block. */
    long bytes(long elements) {
        return elements / this.blockElements * this.blockBytes;
    }

    /** Whether weights can be read from this type. */
    boolean isReadable() {
        return this.stored.isWeight();
    }

    /** How blocks are decoded into 32-bit floats; empty for types that need none. */
    Optional<GgufBlocks.Decoder> decoder() {
        return switch (this) {
            case Q4_0 -> Optional.of(GgufBlocks::q40);
            case Q4_1 -> Optional.of(GgufBlocks::q41);
            case Q5_0 -> Optional.of(GgufBlocks::q50);
            case Q5_1 -> Optional.of(GgufBlocks::q51);
            case Q8_0 -> Optional.of(GgufBlocks::q80);
            case Q4_K -> Optional.of(GgufBlocks::q4k);
            case Q5_K -> Optional.of(GgufBlocks::q5k);
            case Q6_K -> Optional.of(GgufBlocks::q6k);
            default -> Optional.empty();
        };
    }

    /** The type that values are handed out in. */
    TensorType stored() {
        return this.stored;
    }

}
