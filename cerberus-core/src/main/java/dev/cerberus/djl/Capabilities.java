package dev.cerberus.djl;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.cerberus.model.ModelException;

/**
 * The number formats that a device computes in, each with the kernel that multiplies in
 * it.
 *
 * <p>
 * One table for all who ask: what {@code auto} stands for, what is refused, and what a
 * refusal advises. Immutable and thread-safe.
 */
final class Capabilities {

    private final String device;

    private final Map<Precision, LinearKernel> kernels;

    /**
     * Creates a table.
     * @param device the device's name, for messages
     * @param kernels the kernel of every format that works there, at least one
     */
    Capabilities(String device, Map<Precision, LinearKernel> kernels) {
        this.device = device;
        this.kernels = new EnumMap<>(kernels);
    }

    /** Returns the kernel that multiplies in a format, if any does. */
    Optional<LinearKernel> kernel(Precision precision) {
        return Optional.ofNullable(this.kernels.get(precision));
    }

    /** Returns the formats that work. */
    Set<Precision> precisions() {
        return Collections.unmodifiableSet(this.kernels.keySet());
    }

    /** Returns whether this is a CPU that has no instructions for a format. */
    boolean emulates(Precision precision) {
        return precision == Precision.BF16 && this.kernels.get(Precision.BF16) == LinearKernel.GENERAL
                && this.kernels.get(Precision.FP32) == LinearKernel.PACKED;
    }

    /**
     * Returns whether a format that works gives the same tokens whatever is drafted, by
     * the way its kernel computes.
     */
    boolean promisesIdentity(Precision precision) {
        LinearKernel kernel = require(precision);
        return kernel.quantized() || (kernel == LinearKernel.PACKED && precision == Precision.FP32);
    }

    /** Returns the fastest format whose results do not depend on what is drafted. */
    Precision fastest() {
        return this.kernels.containsKey(Precision.INT8) ? Precision.INT8 : fastestFloatingPoint();
    }

    /** Returns the fastest format other than int8. */
    Precision fastestFloatingPoint() {
        boolean bf16 = this.kernels.containsKey(Precision.BF16) && !emulates(Precision.BF16);
        return bf16 ? Precision.BF16 : Precision.FP32;
    }

    /**
     * Checks that a format can be used.
     * @throws ModelException if not, saying which can
     */
    LinearKernel require(Precision precision) {
        return kernel(precision).orElseThrow(() -> new ModelException("precision " + name(precision)
                + " does not work on " + this.device + ": " + reason(precision) + "; use "
                + this.kernels.keySet().stream().map(Capabilities::name).collect(Collectors.joining(" or "))
                + ", or leave it to auto, which is " + name(fastest()) + " here"));
    }

    private static String reason(Precision precision) {
        return switch (precision) {
            case FP16 -> "it needs a CUDA device";
            case INT8 -> "it needs an x86 CPU with AVX2 and a libtorch build with FBGEMM";
            case BF16, FP32 -> "libtorch has no kernel for it there";
        };
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

}
