package dev.cerberus.langchain4j;

import java.util.Map;
import java.util.Objects;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import org.jspecify.annotations.Nullable;

import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.tree.TreeShape;

/**
 * The parameters of a chat request with those that only Cerberus knows. Immutable and
 * thread-safe.
 *
 * <p>
 * What is left open here comes from the model's default parameters, and after those from
 * the engine. None of the drafting parameters changes what a request answers, greedy or
 * sampled, in fp32 and int8 on an x86 CPU; they change how fast.
 */
public final class CerberusChatRequestParameters extends DefaultChatRequestParameters {

    /**
     * Greedy decoding of at most 512 tokens.
     */
    public static final CerberusChatRequestParameters DEFAULTS = builder().temperature(0.0)
        .maxOutputTokens(512)
        .build();

    private final @Nullable Long seed;

    private final @Nullable Double repetitionPenalty;

    private final @Nullable Double minP;

    private final @Nullable Map<Integer, Double> logitBias;

    private final @Nullable Integer logprobs;

    private final @Nullable Integer minOutputTokens;

    private final @Nullable Boolean parallelToolCalls;

    private final @Nullable String profile;

    private final @Nullable GateMode gateMode;

    private final @Nullable GateSignal gateSignal;

    private final @Nullable Double gateThreshold;

    private final @Nullable TreeShape treeShape;

    private final @Nullable Integer maxNodes;

    private final @Nullable Boolean coupledDrafting;

    private final @Nullable Boolean contextLookup;

    private CerberusChatRequestParameters(Builder builder) {
        super(builder);
        this.seed = builder.seed;
        this.repetitionPenalty = builder.repetitionPenalty;
        this.minP = builder.minP;
        this.logitBias = (builder.logitBias != null) ? Map.copyOf(builder.logitBias) : null;
        this.logprobs = builder.logprobs;
        this.minOutputTokens = builder.minOutputTokens;
        this.parallelToolCalls = builder.parallelToolCalls;
        this.profile = builder.profile;
        this.gateMode = builder.gateMode;
        this.gateSignal = builder.gateSignal;
        this.gateThreshold = builder.gateThreshold;
        this.treeShape = builder.treeShape;
        this.maxNodes = builder.maxNodes;
        this.coupledDrafting = builder.coupledDrafting;
        this.contextLookup = builder.contextLookup;
    }

    /**
     * Returns a builder that leaves everything open.
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the key of the sampling noise.
     * @return the same seed, conversation and parameters give the same answer
     */
    public @Nullable Long seed() {
        return this.seed;
    }

    /**
     * Returns what the logits of tokens that the conversation and the answer hold already
     * are divided by, or multiplied by where they are negative.
     * @return in (0, 10]; 1 for no penalty
     */
    public @Nullable Double repetitionPenalty() {
        return this.repetitionPenalty;
    }

    /**
     * Returns how probable a token must be at least to be chosen, as a share of the most
     * probable one's probability.
     * @return 0..1; 0 for no limit
     */
    public @Nullable Double minP() {
        return this.minP;
    }

    /**
     * Returns what is added to the logits of single tokens.
     * @return -100..100 by token id, unmodifiable
     */
    public @Nullable Map<Integer, Double> logitBias() {
        return this.logitBias;
    }

    /**
     * Returns how many of the most probable tokens are told with every token of the
     * answer, in {@link CerberusChatResponseMetadata#logprobs()}.
     * @return 0..20
     */
    public @Nullable Integer logprobs() {
        return this.logprobs;
    }

    /**
     * Returns the number of output tokens before which end-of-sequence tokens do not end
     * the answer.
     * @return 0 or more
     */
    public @Nullable Integer minOutputTokens() {
        return this.minOutputTokens;
    }

    /**
     * Returns whether an answer may have several tool calls.
     * @return {@code false} for answers that end after the first call
     */
    public @Nullable Boolean parallelToolCalls() {
        return this.parallelToolCalls;
    }

    /**
     * Returns the name of the task whose gate is used.
     * @return the name of one of the engine's gate profiles
     */
    public @Nullable String profile() {
        return this.profile;
    }

    /**
     * Returns who decides whether a step drafts.
     * @return the gate's mode
     */
    public @Nullable GateMode gateMode() {
        return this.gateMode;
    }

    /**
     * Returns what gate mode {@code threshold} compares.
     * @return the gate's signal
     */
    public @Nullable GateSignal gateSignal() {
        return this.gateSignal;
    }

    /**
     * Returns the bound of gate mode {@code threshold}.
     * @return 0 or more, in the signal's unit
     */
    public @Nullable Double gateThreshold() {
        return this.gateThreshold;
    }

    /**
     * Returns the static tree shape.
     * @return the shape
     */
    public @Nullable TreeShape treeShape() {
        return this.treeShape;
    }

    /**
     * Returns the most draft nodes of a step.
     * @return 1..256
     */
    public @Nullable Integer maxNodes() {
        return this.maxNodes;
    }

    /**
     * Returns whether drafts of a sampled answer are ranked with the noise of the
     * target's choice.
     * @return whether drafting is coupled to sampling
     */
    public @Nullable Boolean coupledDrafting() {
        return this.coupledDrafting;
    }

    /**
     * Returns whether drafts also hold how the text went on where its last tokens stood
     * before.
     * @return whether the context is looked up
     */
    public @Nullable Boolean contextLookup() {
        return this.contextLookup;
    }

    @Override
    public CerberusChatRequestParameters overrideWith(ChatRequestParameters other) {
        return builder().overrideWith(this).overrideWith(other).build();
    }

    @Override
    public CerberusChatRequestParameters defaultedBy(ChatRequestParameters other) {
        return builder().overrideWith(other).overrideWith(this).build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CerberusChatRequestParameters that && super.equals(that)
                && Objects.equals(this.seed, that.seed)
                && Objects.equals(this.repetitionPenalty, that.repetitionPenalty)
                && Objects.equals(this.minP, that.minP) && Objects.equals(this.logitBias, that.logitBias)
                && Objects.equals(this.logprobs, that.logprobs)
                && Objects.equals(this.minOutputTokens, that.minOutputTokens)
                && Objects.equals(this.parallelToolCalls, that.parallelToolCalls)
                && Objects.equals(this.profile, that.profile) && this.gateMode == that.gateMode
                && this.gateSignal == that.gateSignal && Objects.equals(this.gateThreshold, that.gateThreshold)
                && Objects.equals(this.treeShape, that.treeShape) && Objects.equals(this.maxNodes, that.maxNodes)
                && Objects.equals(this.coupledDrafting, that.coupledDrafting)
                && Objects.equals(this.contextLookup, that.contextLookup);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), this.seed, this.repetitionPenalty, this.minP, this.logitBias,
                this.logprobs, this.minOutputTokens, this.parallelToolCalls, this.profile, this.gateMode,
                this.gateSignal, this.gateThreshold, this.treeShape, this.maxNodes, this.coupledDrafting,
                this.contextLookup);
    }

    @Override
    public String toString() {
        return "CerberusChatRequestParameters{" + super.toString() + ", seed=" + this.seed + ", repetitionPenalty="
                + this.repetitionPenalty + ", minP=" + this.minP + ", logitBias=" + this.logitBias + ", logprobs="
                + this.logprobs + ", minOutputTokens=" + this.minOutputTokens + ", parallelToolCalls="
                + this.parallelToolCalls + ", profile=" + this.profile + ", gateMode=" + this.gateMode + ", gateSignal="
                + this.gateSignal + ", gateThreshold=" + this.gateThreshold + ", treeShape=" + this.treeShape
                + ", maxNodes=" + this.maxNodes + ", coupledDrafting=" + this.coupledDrafting + ", contextLookup="
                + this.contextLookup + "}";
    }

    /**
     * A builder of request parameters. Not thread-safe.
     */
    public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {

        private @Nullable Long seed;

        private @Nullable Double repetitionPenalty;

        private @Nullable Double minP;

        private @Nullable Map<Integer, Double> logitBias;

        private @Nullable Integer logprobs;

        private @Nullable Integer minOutputTokens;

        private @Nullable Boolean parallelToolCalls;

        private @Nullable String profile;

        private @Nullable GateMode gateMode;

        private @Nullable GateSignal gateSignal;

        private @Nullable Double gateThreshold;

        private @Nullable TreeShape treeShape;

        private @Nullable Integer maxNodes;

        private @Nullable Boolean coupledDrafting;

        private @Nullable Boolean contextLookup;

        private Builder() {
        }

        /**
         * Takes over everything that the given parameters set.
         */
        @Override
        public Builder overrideWith(ChatRequestParameters parameters) {
            super.overrideWith(parameters);
            if (parameters instanceof CerberusChatRequestParameters that) {
                this.seed = (that.seed != null) ? that.seed : this.seed;
                this.repetitionPenalty = (that.repetitionPenalty != null) ? that.repetitionPenalty
                        : this.repetitionPenalty;
                this.minP = (that.minP != null) ? that.minP : this.minP;
                this.logitBias = (that.logitBias != null) ? that.logitBias : this.logitBias;
                this.logprobs = (that.logprobs != null) ? that.logprobs : this.logprobs;
                this.minOutputTokens = (that.minOutputTokens != null) ? that.minOutputTokens : this.minOutputTokens;
                this.parallelToolCalls = (that.parallelToolCalls != null) ? that.parallelToolCalls
                        : this.parallelToolCalls;
                this.profile = (that.profile != null) ? that.profile : this.profile;
                this.gateMode = (that.gateMode != null) ? that.gateMode : this.gateMode;
                this.gateSignal = (that.gateSignal != null) ? that.gateSignal : this.gateSignal;
                this.gateThreshold = (that.gateThreshold != null) ? that.gateThreshold : this.gateThreshold;
                this.treeShape = (that.treeShape != null) ? that.treeShape : this.treeShape;
                this.maxNodes = (that.maxNodes != null) ? that.maxNodes : this.maxNodes;
                this.coupledDrafting = (that.coupledDrafting != null) ? that.coupledDrafting : this.coupledDrafting;
                this.contextLookup = (that.contextLookup != null) ? that.contextLookup : this.contextLookup;
            }
            return this;
        }

        /**
         * Sets the key of the sampling noise.
         * @param value any number
         * @return this builder
         */
        public Builder seed(@Nullable Long value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets what the logits of tokens that the conversation and the answer hold
         * already are divided by, or multiplied by where they are negative.
         * @param value in (0, 10]; 1 for no penalty
         * @return this builder
         */
        public Builder repetitionPenalty(@Nullable Double value) {
            this.repetitionPenalty = value;
            return this;
        }

        /**
         * Sets how probable a token must be at least to be chosen, as a share of the most
         * probable one's probability.
         * @param value 0..1; 0 for no limit
         * @return this builder
         */
        public Builder minP(@Nullable Double value) {
            this.minP = value;
            return this;
        }

        /**
         * Sets what is added to the logits of single tokens.
         * @param value -100..100 by token id
         * @return this builder
         */
        public Builder logitBias(@Nullable Map<Integer, Double> value) {
            this.logitBias = value;
            return this;
        }

        /**
         * Sets how many of the most probable tokens are told with every token of the
         * answer.
         * @param value 0..20; {@code null} to tell no probabilities
         * @return this builder
         */
        public Builder logprobs(@Nullable Integer value) {
            this.logprobs = value;
            return this;
        }

        /**
         * Sets the number of output tokens before which end-of-sequence tokens do not end
         * the answer.
         * @param value 0 or more
         * @return this builder
         */
        public Builder minOutputTokens(@Nullable Integer value) {
            this.minOutputTokens = value;
            return this;
        }

        /**
         * Sets whether an answer may have several tool calls.
         * @param value {@code false} for answers that end after the first call
         * @return this builder
         */
        public Builder parallelToolCalls(@Nullable Boolean value) {
            this.parallelToolCalls = value;
            return this;
        }

        /**
         * Sets the task whose gate is used; what is set of the gate here goes before it.
         * @param value the name of one of the engine's gate profiles
         * @return this builder
         */
        public Builder profile(@Nullable String value) {
            this.profile = value;
            return this;
        }

        /**
         * Sets who decides whether a step drafts.
         * @param value the gate's mode
         * @return this builder
         */
        public Builder gateMode(@Nullable GateMode value) {
            this.gateMode = value;
            return this;
        }

        /**
         * Sets what gate mode {@code threshold} compares.
         * @param value the gate's signal
         * @return this builder
         */
        public Builder gateSignal(@Nullable GateSignal value) {
            this.gateSignal = value;
            return this;
        }

        /**
         * Sets the bound of gate mode {@code threshold}.
         * @param value 0 or more, in the signal's unit; below it an entropy drafts, above
         * it the other signals do
         * @return this builder
         */
        public Builder gateThreshold(@Nullable Double value) {
            this.gateThreshold = value;
            return this;
        }

        /**
         * Sets a static tree shape.
         * @param value the shape, such as {@code TreeShape.parse("4,2,1")}
         * @return this builder
         */
        public Builder treeShape(@Nullable TreeShape value) {
            this.treeShape = value;
            return this;
        }

        /**
         * Sets the most draft nodes of a step.
         * @param value 1..256
         * @return this builder
         */
        public Builder maxNodes(@Nullable Integer value) {
            this.maxNodes = value;
            return this;
        }

        /**
         * Sets whether drafts of a sampled answer are ranked with the noise of the
         * target's choice.
         * @param value whether to couple drafting to sampling
         * @return this builder
         */
        public Builder coupledDrafting(@Nullable Boolean value) {
            this.coupledDrafting = value;
            return this;
        }

        /**
         * Sets whether drafts also hold how the text went on where its last tokens stood
         * before.
         * @param value whether to look the context up
         * @return this builder
         */
        public Builder contextLookup(@Nullable Boolean value) {
            this.contextLookup = value;
            return this;
        }

        @Override
        public CerberusChatRequestParameters build() {
            return new CerberusChatRequestParameters(this);
        }

    }

}
