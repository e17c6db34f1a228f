package dev.cerberus.langchain4j;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DecodeStatistics;
import dev.cerberus.engine.TokenProbability;

/**
 * The metadata of an answer with its counts and times of decoding. Immutable and
 * thread-safe.
 */
public final class CerberusChatResponseMetadata extends ChatResponseMetadata {

    private final DecodeStatistics statistics;

    private final Duration timeToFirstToken;

    private final Duration duration;

    private final OptionalLong seed;

    private final List<TokenProbability> logprobs;

    private final int thoughtTokens;

    private CerberusChatResponseMetadata(Builder builder) {
        super(builder);
        this.statistics = builder.statistics;
        this.timeToFirstToken = builder.timeToFirstToken;
        this.duration = builder.duration;
        this.seed = builder.seed;
        this.logprobs = builder.logprobs;
        this.thoughtTokens = builder.thoughtTokens;
        if (this.thoughtTokens < 0 || this.thoughtTokens > this.logprobs.size()) {
            throw new IllegalArgumentException("thoughtTokens must be in 0.." + this.logprobs.size()
                    + ", the number of logprobs, was " + this.thoughtTokens);
        }
    }

    /**
     * Returns a builder.
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the counts and times of decoding.
     * @return the statistics
     */
    public DecodeStatistics statistics() {
        return this.statistics;
    }

    /**
     * Returns the mean number of tokens gained per step.
     * @return at least 1
     */
    public double acceptanceLength() {
        return this.statistics.acceptanceLength();
    }

    /**
     * Returns the time from the request's submission to its first output token.
     * @return the time, queueing included
     */
    public Duration timeToFirstToken() {
        return this.timeToFirstToken;
    }

    /**
     * Returns the time from the request's submission to the end of its answer.
     * @return the time, queueing included
     */
    public Duration duration() {
        return this.duration;
    }

    /**
     * Returns the seed with which a sampled answer can be repeated.
     * @return the seed; empty for a greedy answer
     */
    public OptionalLong seed() {
        return this.seed;
    }

    /**
     * Returns how probable each token of the answer was, thoughts and tool calls
     * included.
     * @return the tokens in their order; empty unless
     * {@link CerberusChatRequestParameters#logprobs()} asks for them
     */
    public List<TokenProbability> logprobs() {
        return this.logprobs;
    }

    /**
     * Returns how probable each token of the answer was that comes after the thoughts:
     * those of its text and of its tool calls.
     * @return the last ones of {@link #logprobs()}; all of them for an answer without
     * thoughts
     */
    public List<TokenProbability> answerLogprobs() {
        return this.logprobs.subList(this.thoughtTokens, this.logprobs.size());
    }

    @Override
    public Builder toBuilder() {
        Builder builder = new Builder();
        toBuilder(builder);
        builder.statistics(this.statistics)
            .timeToFirstToken(this.timeToFirstToken)
            .duration(this.duration)
            .seed(this.seed)
            .logprobs(this.logprobs);
        builder.thoughtTokens = this.thoughtTokens;
        return builder;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CerberusChatResponseMetadata that && super.equals(that)
                && this.statistics.equals(that.statistics) && this.timeToFirstToken.equals(that.timeToFirstToken)
                && this.duration.equals(that.duration) && this.seed.equals(that.seed)
                && this.logprobs.equals(that.logprobs) && this.thoughtTokens == that.thoughtTokens;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), this.statistics, this.timeToFirstToken, this.duration, this.seed,
                this.logprobs, this.thoughtTokens);
    }

    @Override
    public String toString() {
        return "CerberusChatResponseMetadata{id=" + id() + ", modelName=" + modelName() + ", tokenUsage=" + tokenUsage()
                + ", finishReason=" + finishReason() + ", statistics=" + this.statistics + ", timeToFirstToken="
                + this.timeToFirstToken + ", duration=" + this.duration + ", seed=" + this.seed + ", logprobs="
                + this.logprobs.size() + "}";
    }

    /**
     * A builder of response metadata. Not thread-safe.
     */
    public static final class Builder extends ChatResponseMetadata.Builder<Builder> {

        private DecodeStatistics statistics = new DecodeStatistics(0, 0, 0, 0, 0, 0, 0, 0);

        private Duration timeToFirstToken = Duration.ZERO;

        private Duration duration = Duration.ZERO;

        private OptionalLong seed = OptionalLong.empty();

        private List<TokenProbability> logprobs = List.of();

        private int thoughtTokens;

        private boolean thoughtsTold; // to this builder

        private Builder() {
        }

        /**
         * Sets the counts and times of decoding.
         * @param value the statistics
         * @return this builder
         */
        public Builder statistics(DecodeStatistics value) {
            this.statistics = value;
            return this;
        }

        /**
         * Sets the time from submission to the first output token.
         * @param value the time
         * @return this builder
         */
        public Builder timeToFirstToken(Duration value) {
            this.timeToFirstToken = value;
            return this;
        }

        /**
         * Sets the time from submission to the end.
         * @param value the time
         * @return this builder
         */
        public Builder duration(Duration value) {
            this.duration = value;
            return this;
        }

        /**
         * Sets the seed of a sampled answer.
         * @param value the seed; empty for a greedy answer
         * @return this builder
         */
        public Builder seed(OptionalLong value) {
            this.seed = value;
            return this;
        }

        /**
         * Sets how probable each token of the answer was. None of them belongs to
         * thoughts unless {@link #thoughtTokens} says so, before or after.
         * @param value the tokens in their order; empty if that is not told
         * @return this builder
         */
        public Builder logprobs(List<TokenProbability> value) {
            this.logprobs = List.copyOf(value);
            if (!this.thoughtsTold) {
                this.thoughtTokens = 0; // those of other tokens, which this was made of
            }
            return this;
        }

        /**
         * Sets how many of the tokens whose probability is told belong to thoughts.
         * @param value their number, marks and the blanks after them included; from 0 to
         * the number of tokens told
         * @return this builder
         */
        public Builder thoughtTokens(int value) {
            this.thoughtTokens = value;
            this.thoughtsTold = true;
            return this;
        }

        @Override
        public CerberusChatResponseMetadata build() {
            return new CerberusChatResponseMetadata(this);
        }

    }

}
