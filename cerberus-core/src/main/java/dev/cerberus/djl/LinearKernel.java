package dev.cerberus.djl;

/**
 * How a program multiplies activations by a weight matrix.
 *
 * <p>
 * The methods return TorchScript expressions, in which a matrix is what {@link #pack} has
 * made of it, of type {@link #matrixType}.
 */
enum LinearKernel {

    /** libtorch's general kernel; works everywhere. */
    GENERAL {
        @Override
        String linear(String input, String weight, String bias) {
            return "torch.linear(" + input + ", " + weight + ", " + bias + ")";
        }

        @Override
        String linearPlus(String input, String weight, String bias, String residual) {
            return "torch.add(" + residual + ", " + linear(input, weight, bias) + ")";
        }

        @Override
        String pack(String weight) {
            return weight;
        }
    },

    /**
     * oneDNN with weights packed once, on x86 CPUs: a row's result does not depend on the
     * number of rows.
     */
    PACKED {
        @Override
        String linear(String input, String weight, String bias) {
            return "ops.mkldnn._linear_pointwise(" + input + ", " + weight + ", " + bias
                    + ", \"none\", annotate(List[Optional[number]], []), \"\")";
        }

        @Override
        String linearPlus(String input, String weight, String bias, String residual) {
            return "ops.mkldnn._linear_pointwise(" + input + ", " + residual + ", " + weight + ", " + bias
                    + ", \"add\")";
        }

        @Override
        String pack(String weight) {
            return "ops.mkldnn._reorder_linear_weight(" + weight + ", 8)";
        }
    },

    /**
     * FBGEMM with weights rounded to int8, a scale for each of a matrix's rows: a row's
     * result does not depend on the other rows.
     */
    /*
     * Each row of activations is divided by its largest magnitude and rounded to 255
     * steps, the integer sums are exact, and the row's magnitude is put back afterwards.
     * An RMS norm before the product takes three small operators: its weight is part of
     * the matrix's columns, and sqrt(sum of squares + H·eps) is the hypotenuse of the
     * row's length and of the norm's floor, sqrt(H·eps). A row of zeros yields zeros,
     * whatever the kernel makes of 0/0, since its integers are finite.
     */
    QUANTIZED {
        @Override
        String linear(String input, String weight, String bias) {
            return bias.equals("None") ? "(self).product(" + input + ", " + weight + ")"
                    : linearPlus(input, weight, "None", bias);
        }

        @Override
        String linearPlus(String input, String weight, String bias, String residual) {
            String product = "(self).product_onto(" + input + ", " + weight + ", " + residual + ")";
            return bias.equals("None") ? product : "torch.add(" + product + ", " + bias + ")";
        }

        @Override
        String normed(String input, int width, String norm, String eps) {
            return "(self).normed(" + input + ", " + norm + ")";
        }

        @Override
        String normedLinear(String input, int width, String norm, String eps, String weight, String bias) {
            return bias.equals("None") ? "(self).normed_product(" + input + ", " + norm + ", " + weight + ")"
                    : "(self).normed_product_onto(" + input + ", " + norm + ", " + weight + ", " + bias + ")";
        }

        @Override
        String pack(String weight) {
            return "ops.quantized.linear_prepack((self).quantized(" + weight + "), None)";
        }

        @Override
        String matrixType() {
            return "__torch__.torch.classes.quantized.LinearPackedParamsBase";
        }

        @Override
        String methods() {
            return """
                      def quantized(self: __torch__.M, w: Tensor) -> Tensor:
                        scales = torch.mul(torch.clamp_min(torch.amax(torch.abs(w), [1]), 1e-30), %2$s)
                        zeros = torch.zeros([torch.size(w, 0)], dtype=4)
                        return torch.quantize_per_channel(w, scales, zeros, 0, 12)
                      def scaled(self: __torch__.M, x: Tensor, w: %1$s) -> Tuple[Tensor, Tensor]:
                        m = torch.amax(torch.abs(x), [1], True)
                        z = torch.div(x, m)
                        y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(z, %2$s, 128, w)
                        return (y, m)
                      def product(self: __torch__.M, x: Tensor, w: %1$s) -> Tensor:
                        y, m, = (self).scaled(x, w)
                        return torch.mul(y, m)
                      def product_onto(self: __torch__.M, x: Tensor, w: %1$s, onto: Tensor) -> Tensor:
                        y, m, = (self).scaled(x, w)
                        return torch.addcmul(onto, y, m)
                      def length(self: __torch__.M, x: Tensor, floor: Tensor) -> Tensor:
                        return torch.hypot(torch.linalg_vector_norm(x, 2, [1], True), floor)
                      def normed(self: __torch__.M, x: Tensor, norm: Tensor) -> Tensor:
                        length = (self).length(x, torch.slice(norm, 0, 0, 1))
                        return torch.mul(torch.div(x, length), torch.slice(norm, 0, 1))
                      def normed_product(self: __torch__.M, x: Tensor, floor: Tensor, w: %1$s) -> Tensor:
                        y, m, = (self).scaled(x, w)
                        return torch.mul(y, torch.div(m, (self).length(x, floor)))
                      def normed_product_onto(self: __torch__.M, x: Tensor, floor: Tensor, w: %1$s,
                                              onto: Tensor) -> Tensor:
                        y, m, = (self).scaled(x, w)
                        return torch.addcmul(onto, y, torch.div(m, (self).length(x, floor)))
                    """.formatted(matrixType(), ROUNDING_STEP);
        }
    };

    /** 1 / 127 as the kernel reads it. */
    private static final String ROUNDING_STEP = "0.007874015718698502";

    abstract String linear(String input, String weight, String bias);

    abstract String linearPlus(String input, String weight, String bias, String residual);

    abstract String pack(String weight);

    /**
     * Returns the RMS norm of rows.
     * @param width what is normalized, the size of the last dimension
     * @param norm the norm's weight, as {@link WeightLoader} prepares it for the kernel
     */
    String normed(String input, int width, String norm, String eps) {
        return "torch.rms_norm(" + input + ", [" + width + "], " + norm + ", " + eps + ")";
    }

    /**
     * Returns the product of a matrix with the RMS norm of rows.
     * @param norm as for {@link #normed}; for {@link #QUANTIZED} only the norm's floor,
     * its weight being part of the matrix
     */
    String normedLinear(String input, int width, String norm, String eps, String weight, String bias) {
        return linear(normed(input, width, norm, eps), weight, bias);
    }

    /** Returns the TorchScript type of a packed matrix. */
    String matrixType() {
        return "Tensor";
    }

    /** Returns the methods that the expressions call. */
    String methods() {
        return "";
    }

}
