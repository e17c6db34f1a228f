package dev.cerberus.hf;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a model computes otherwise than Llama does, the same in all layers. Immutable.
 *
 * @param norms where a layer normalises
 * @param normsAddOne whether norms multiply by one more than their weights
 * @param qkNorm how queries and keys are normalised
 * @param activation what the gate of a feed-forward layer goes through
 * @param fusedProjections whether query, key and value are one tensor
 * @param fusedGateUp whether gate and up are one tensor
 * @param attentionScale what the products of queries and keys are multiplied by, positive
 * @param attentionCap bound that these are bent below, if there is one; positive
 * @param embeddingScale what embeddings are multiplied by, positive
 * @param residualScale what a layer's results are multiplied by before they are added,
 * positive; other than 1 only where norms stand before alone
 * @param logitScale what the scores of tokens are multiplied by, positive
 * @param logitCap bound that these are bent below, if there is one; positive
 */
public record ModelVariant(NormPlacement norms, boolean normsAddOne, QkNorm qkNorm, Activation activation,
        boolean fusedProjections, boolean fusedGateUp, double attentionScale, OptionalDouble attentionCap,
        double embeddingScale, double residualScale, double logitScale, OptionalDouble logitCap) {

    public ModelVariant {
        requirePositive("the scale of attention", attentionScale);
        requirePositive("the scale of embeddings", embeddingScale);
        requirePositive("the scale of residuals", residualScale);
        requirePositive("the scale of logits", logitScale);
        attentionCap.ifPresent((cap) -> requirePositive("attn_logit_softcapping", cap));
        logitCap.ifPresent((cap) -> requirePositive("final_logit_softcapping", cap));
        if (residualScale != 1 && norms != NormPlacement.BEFORE) {
            throw new IllegalArgumentException("residuals can be scaled only where nothing is normalised after them");
        }
    }

    /**
     * Returns Llama itself.
     * @param headDim width of a head
     */
    public static ModelVariant llama(int headDim) {
        return new ModelVariant(NormPlacement.BEFORE, false, QkNorm.NONE, Activation.SILU, false, false,
                1 / Math.sqrt(headDim), OptionalDouble.empty(), 1, 1, 1, OptionalDouble.empty());
    }

    /**
     * Returns this with norms elsewhere.
     * @param placement where a layer normalises
     * @param addOne whether norms multiply by one more than their weights
     */
    public ModelVariant withNorms(NormPlacement placement, boolean addOne) {
        return new ModelVariant(placement, addOne, this.qkNorm, this.activation, this.fusedProjections,
                this.fusedGateUp, this.attentionScale, this.attentionCap, this.embeddingScale, this.residualScale,
                this.logitScale, this.logitCap);
    }

    /**
     * Returns this with queries and keys normalised.
     * @param norm how they are
     */
    public ModelVariant withQkNorm(QkNorm norm) {
        return new ModelVariant(this.norms, this.normsAddOne, norm, this.activation, this.fusedProjections,
                this.fusedGateUp, this.attentionScale, this.attentionCap, this.embeddingScale, this.residualScale,
                this.logitScale, this.logitCap);
    }

    /**
     * Returns this with another activation.
     * @param function what the gate of a feed-forward layer goes through
     */
    public ModelVariant withActivation(Activation function) {
        return new ModelVariant(this.norms, this.normsAddOne, this.qkNorm, function, this.fusedProjections,
                this.fusedGateUp, this.attentionScale, this.attentionCap, this.embeddingScale, this.residualScale,
                this.logitScale, this.logitCap);
    }

    /**
     * Returns this with query, key and value in one tensor, and gate and up in another.
     */
    public ModelVariant withFusedProjections() {
        return new ModelVariant(this.norms, this.normsAddOne, this.qkNorm, this.activation, true, true,
                this.attentionScale, this.attentionCap, this.embeddingScale, this.residualScale, this.logitScale,
                this.logitCap);
    }

    /** Returns this with gate and up in one tensor. */
    public ModelVariant withFusedGateUp() {
        return new ModelVariant(this.norms, this.normsAddOne, this.qkNorm, this.activation, this.fusedProjections, true,
                this.attentionScale, this.attentionCap, this.embeddingScale, this.residualScale, this.logitScale,
                this.logitCap);
    }

    /**
     * Returns this with other attention.
     * @param scale what the products of queries and keys are multiplied by, positive
     * @param cap bound that these are bent below, positive; empty for none
     */
    public ModelVariant withAttention(double scale, OptionalDouble cap) {
        return new ModelVariant(this.norms, this.normsAddOne, this.qkNorm, this.activation, this.fusedProjections,
                this.fusedGateUp, scale, cap, this.embeddingScale, this.residualScale, this.logitScale, this.logitCap);
    }

    /**
     * Returns this with other scales.
     * @param embedding what embeddings are multiplied by, positive
     * @param residual what a layer's results are multiplied by, positive
     * @param logits what the scores of tokens are multiplied by, positive
     */
    public ModelVariant withScales(double embedding, double residual, double logits) {
        return new ModelVariant(this.norms, this.normsAddOne, this.qkNorm, this.activation, this.fusedProjections,
                this.fusedGateUp, this.attentionScale, this.attentionCap, embedding, residual, logits, this.logitCap);
    }

    /**
     * Returns this with scores of tokens bent below a bound.
     * @param cap the bound, positive; empty for none
     */
    public ModelVariant withLogitCap(OptionalDouble cap) {
        return new ModelVariant(this.norms, this.normsAddOne, this.qkNorm, this.activation, this.fusedProjections,
                this.fusedGateUp, this.attentionScale, this.attentionCap, this.embeddingScale, this.residualScale,
                this.logitScale, cap);
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be positive and finite, was " + value);
        }
    }

    /**
     * Where a layer normalises: around its attention and around its feed-forward part.
     */
    @SuppressWarnings("ImmutableEnumChecker") // the lists are those of List.of
    public enum NormPlacement {

        /** What goes into both. */
        BEFORE(List.of(WeightNames.INPUT_NORM, WeightNames.POST_ATTENTION_NORM), List.of()),
        /** What comes out of both. */
        AFTER(List.of(), List.of(WeightNames.POST_ATTENTION_NORM, WeightNames.POST_FEED_FORWARD_NORM)),
        /** Both. */
        BOTH(List.of(WeightNames.INPUT_NORM, WeightNames.PRE_FEED_FORWARD_NORM),
                List.of(WeightNames.POST_ATTENTION_NORM, WeightNames.POST_FEED_FORWARD_NORM));

        private final List<String> before;

        private final List<String> after;

        NormPlacement(List<String> before, List<String> after) {
            this.before = before;
            this.after = after;
        }

        /**
         * The norms of what goes in, by their names within a layer: attention's, then the
         * feed-forward part's; empty if there are none.
         */
        public List<String> before() {
            return this.before;
        }

        /** The norms of what comes out, likewise. */
        public List<String> after() {
            return this.after;
        }

    }

    /** How queries and keys are normalised before they are rotated. */
    public enum QkNorm {

        /** They are not. */
        NONE,
        /** Each head on its own, all by the same weights. */
        HEAD,
        /** All heads together. */
        WIDTH

    }

    /** What the gate of a feed-forward layer goes through. */
    public enum Activation {

        /** x / (1 + exp(−x)). */
        SILU,
        /** GELU in its approximation by tanh. */
        GELU_TANH

    }

}
