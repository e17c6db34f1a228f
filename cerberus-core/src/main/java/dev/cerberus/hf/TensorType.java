package dev.cerberus.hf;

import java.util.Optional;

/** The element type of a stored tensor, named as in safetensors headers. */
public enum TensorType {

    /** 64-bit IEEE 754. */
    F64(8),
    /** 32-bit IEEE 754. */
    F32(4),
    /** 16-bit IEEE 754. */
    F16(2),
    /** The upper half of an {@link #F32}. */
    BF16(2),
    /** Signed 64-bit. */
    I64(8),
    /** Signed 32-bit. */
    I32(4),
    /** Signed 16-bit. */
    I16(2),
    /** Signed 8-bit. */
    I8(1),
    /** Unsigned 8-bit. */
    U8(1),
    /** One byte, 0 or 1. */
    BOOL(1);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return this.bytes;
    }

    /** Whether a tensor of this type can be read as floats: F32, F16 and BF16. */
    public boolean isWeight() {
        return this == F32 || this == F16 || this == BF16;
    }

    static Optional<TensorType> of(String name) {
        for (TensorType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * The type behind a PyTorch name such as {@code bfloat16}, with or without the prefix
     * {@code torch.}.
     */
    static Optional<TensorType> ofTorch(String name) {
        return switch (name.startsWith("torch.") ? name.substring("torch.".length()) : name) {
            case "float64", "double" -> Optional.of(F64);
            case "float32", "float" -> Optional.of(F32);
            case "float16", "half" -> Optional.of(F16);
            case "bfloat16" -> Optional.of(BF16);
            default -> Optional.empty();
        };
    }

}
