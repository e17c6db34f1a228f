package dev.cerberus.djl;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /**
     * Heads that read less stay in the processor's nearest caches, where rounding
     * activations costs what reading fewer bytes spares.
     */
    private static final long LEAST_ROUNDED_WEIGHTS = 1L << 20;

    private final String device;

    private final Map<Precision, LinearKernel> kernels;

    private final Set<Precision> emulated;

    /**
     * Creates a table.
     * @param device the device's name, for messages
     * @param kernels the kernel of every format that works there, at least one
     * @param emulated those of them that the device has no instructions for
     */
    private Capabilities(String device, Map<Precision, LinearKernel> kernels, Set<Precision> emulated) {
        this.device = device;
        this.kernels = new EnumMap<>(kernels);
        this.emulated = Set.copyOf(emulated);
    }

    /**
     * Returns the table of a CPU: where fp32 has a kernel of its own and bf16 has not,
     * there are no instructions for bf16.
     * @param kernels the kernel of every format that works there, fp32 among them
     */
    static Capabilities cpu(Map<Precision, LinearKernel> kernels) {
        boolean emulated = kernels.get(Precision.BF16) == LinearKernel.GENERAL
                && kernels.get(Precision.FP32) == LinearKernel.PACKED;
        return new Capabilities("cpu", kernels, emulated ? Set.of(Precision.BF16) : Set.of());
    }

    /**
     * Returns the table of a CUDA device.
     * @param device the device's name
     * @param bf16 whether it has instructions for bf16
     */
    static Capabilities cuda(String device, boolean bf16) {
        Map<Precision, LinearKernel> kernels = new EnumMap<>(Precision.class);
        for (Precision precision : List.of(Precision.FP32, Precision.BF16, Precision.FP16)) {
            kernels.put(precision, LinearKernel.ACCUMULATING);
        }
        return new Capabilities(device, kernels, bf16 ? Set.of() : Set.of(Precision.BF16));
    }

    /** Returns the kernel that multiplies in a format, if any does. */
    Optional<LinearKernel> kernel(Precision precision) {
        return Optional.ofNullable(this.kernels.get(precision));
    }

    /** Returns the formats that work. */
    Set<Precision> precisions() {
        return Collections.unmodifiableSet(this.kernels.keySet());
    }

    /** Returns whether a format works without instructions of the device's own. */
    boolean emulates(Precision precision) {
        return this.emulated.contains(precision);
    }

    /**
     * Returns whether a format that works gives the same tokens whatever is drafted, by
     * the way its kernel computes.
     */
    boolean promisesIdentity(Precision precision) {
        LinearKernel kernel = require(precision);
        return kernel.boxes() || (kernel == LinearKernel.PACKED && precision == Precision.FP32);
    }

    /**
     * Returns the format that is taken where none is asked for: int8 where its results do
     * not depend on what is drafted, else 16 bits where the device computes in them,
     * whose last bits may, else fp32.
     */
    Precision fastest() {
        return this.kernels.containsKey(Precision.INT8) ? Precision.INT8 : fastestFloatingPoint();
    }

    /** Returns the fastest format other than int8. */
    Precision fastestFloatingPoint() {
        return Stream.of(Precision.BF16, Precision.FP16)
            .filter((precision) -> this.kernels.containsKey(precision) && !emulates(precision))
            .findFirst()
            .orElse(Precision.FP32);
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

    /**
     * Returns the kernel of draft heads beside a model. What heads propose may be a
     * little off, so beside activations in 32 bits their first layer and LM head are
     * rounded to int8 where that works and they are more than a trifle.
     * @param precision the model's format, one that works
     * @param weights the numbers that a draft reads
     */
    LinearKernel headsKernel(Precision precision, long weights) {
        LinearKernel kernel = require(precision);
        boolean wide = kernel.packs() && kernel.activations(precision) == Precision.FP32.scalarType();
        return (wide && weights >= LEAST_ROUNDED_WEIGHTS) ? kernel(Precision.INT8).orElse(kernel) : kernel;
    }

    private static String reason(Precision precision) {
        return switch (precision) {
            case FP16 -> "it needs a CUDA device, or an x86 CPU with AVX2 and a libtorch build with FBGEMM";
            case INT8 -> "it needs an x86 CPU with AVX2 and a libtorch build with FBGEMM";
            case BF16, FP32 -> "libtorch has no kernel for it there";
        };
    }

    private static String name(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

}
