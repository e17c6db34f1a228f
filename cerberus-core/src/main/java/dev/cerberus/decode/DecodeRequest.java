package dev.cerberus.decode;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import dev.cerberus.constrain.TokenConstraint;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.TreeShape;

/**
 * What one decoding wants.
 *
 * <p>
 * The prompt is not copied; treat it as read-only.
 *
 * @param prompt token ids, at least one
 * @param maxTokens the most output tokens, at least 1
 * @param minTokens output tokens before which no end-of-sequence token is chosen
 * @param endOfSequence token ids that end the answer; not part of it
 * @param sampling how tokens are chosen
 * @param shape a static tree shape; empty for the best tree of every step
 * @param maxNodes the most draft nodes of a step, at least 1
 * @param drafting what drafts are made of
 * @param constraint what the answer may look like; empty for anything
 * @param logprobs how many of the most probable tokens are told with every token of the
 * answer; empty to tell no probabilities
 */
public record DecodeRequest(int[] prompt, int maxTokens, int minTokens, Set<Integer> endOfSequence,
        SamplingOptions sampling, Optional<TreeShape> shape, int maxNodes, DraftingOptions drafting,
        Optional<TokenConstraint> constraint, OptionalInt logprobs) {

    /**
     * Checks the ranges.
     */
    public DecodeRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("the prompt is empty; decoding needs at least one token");
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("max tokens must be at least 1, was " + maxTokens);
        }
        if (minTokens < 0) {
            throw new IllegalArgumentException("min tokens must be at least 0, was " + minTokens);
        }
        if (maxNodes < 1) {
            throw new IllegalArgumentException("max nodes must be at least 1, was " + maxNodes);
        }
        endOfSequence = Set.copyOf(endOfSequence);
    }

    /**
     * Creates a request whose answer may look like anything.
     * @param prompt token ids, at least one
     * @param maxTokens the most output tokens, at least 1
     * @param minTokens output tokens before which no end-of-sequence token is chosen
     * @param endOfSequence token ids that end the answer
     * @param sampling how tokens are chosen
     * @param shape a static tree shape; empty for the best tree of every step
     * @param maxNodes the most draft nodes of a step, at least 1
     * @param drafting what drafts are made of
     */
    public DecodeRequest(int[] prompt, int maxTokens, int minTokens, Set<Integer> endOfSequence,
            SamplingOptions sampling, Optional<TreeShape> shape, int maxNodes, DraftingOptions drafting) {
        this(prompt, maxTokens, minTokens, endOfSequence, sampling, shape, maxNodes, drafting, Optional.empty(),
                OptionalInt.empty());
    }

    /**
     * Returns this request with a constraint.
     * @param state the state before the answer's first token
     * @return the request
     */
    public DecodeRequest withConstraint(TokenConstraint state) {
        return new DecodeRequest(this.prompt, this.maxTokens, this.minTokens, this.endOfSequence, this.sampling,
                this.shape, this.maxNodes, this.drafting, Optional.of(state), this.logprobs);
    }

    /**
     * Returns this request with probabilities of the answer's tokens.
     * @param top how many of the most probable tokens are told each time, 0 or more
     * @return the request
     */
    public DecodeRequest withLogprobs(int top) {
        return new DecodeRequest(this.prompt, this.maxTokens, this.minTokens, this.endOfSequence, this.sampling,
                this.shape, this.maxNodes, this.drafting, this.constraint, OptionalInt.of(top));
    }

    /**
     * Returns a greedy request with defaults for the rest.
     * @param prompt token ids
     * @param maxTokens the most output tokens
     * @return the request
     */
    public static DecodeRequest greedy(int[] prompt, int maxTokens) {
        return new DecodeRequest(prompt, maxTokens, 0, Set.of(), SamplingOptions.GREEDY, Optional.empty(), 16,
                DraftingOptions.DEFAULT);
    }

}
