package dev.cerberus.djl;

/**
 * How a program multiplies activations by a weight matrix.
 *
 * <p>
 * Every method returns a TorchScript expression.
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
    };

    abstract String linear(String input, String weight, String bias);

    abstract String linearPlus(String input, String weight, String bias, String residual);

    abstract String pack(String weight);

}
