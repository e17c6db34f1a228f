package dev.cerberus.hf;

import java.util.Optional;
import java.util.Set;

/**
 * How a layout of draft heads names its tensors.
 *
 * @param layout whose layout it is
 * @param prefix what all names begin with, often nothing
 * @param layers blocks per head, which number the LM head in the layout of Medusa
 */
record HeadsNaming(Layout layout, String prefix, int layers) {

    /** The layout of this project. */
    static final HeadsNaming CERBERUS = new HeadsNaming(Layout.CERBERUS, "", 0);

    private static final int MAX_LAYERS = 64;

    /** Whose layout it is. */
    enum Layout {

        /** {@code heads.k.blocks.l.weight}. */
        CERBERUS,

        /** {@code k.l.linear.weight}, as Medusa's own repository writes it. */
        MEDUSA,

        /** {@code blocks.k.layers.l.weight}, often without biases. */
        VLLM

    }

    /**
     * Recognises the layout of published Medusa heads.
     * @param names the names of all tensors
     * @return the layout, empty if there is none
     */
    static Optional<HeadsNaming> published(Set<String> names) {
        for (String prefix : new String[] { "", "medusa_head.", "model." }) {
            for (Layout layout : new Layout[] { Layout.MEDUSA, Layout.VLLM }) {
                HeadsNaming naming = new HeadsNaming(layout, prefix, 0);
                int layers = 0;
                while (layers < MAX_LAYERS && names.contains(naming.blockWeight(0, layers))) {
                    layers++;
                }
                if (layers > 0) {
                    return Optional.of(new HeadsNaming(layout, prefix, layers));
                }
            }
        }
        return Optional.empty();
    }

    static String residual(int head, int layer) {
        return CERBERUS.block(head, layer) + "residual";
    }

    boolean isPublished() {
        return this.layout != Layout.CERBERUS;
    }

    String blockWeight(int head, int layer) {
        return block(head, layer) + "weight";
    }

    String blockBias(int head, int layer) {
        return block(head, layer) + "bias";
    }

    String lmHead(int head) {
        return this.prefix + switch (this.layout) {
            case CERBERUS -> "heads." + head + ".lm_head.weight";
            case MEDUSA -> head + "." + this.layers + ".weight";
            case VLLM -> "lm_heads." + head + ".weight";
        };
    }

    private String block(int head, int layer) {
        return this.prefix + switch (this.layout) {
            case CERBERUS -> "heads." + head + ".blocks." + layer + ".";
            case MEDUSA -> head + "." + layer + ".linear.";
            case VLLM -> "blocks." + head + ".layers." + layer + ".";
        };
    }

}
