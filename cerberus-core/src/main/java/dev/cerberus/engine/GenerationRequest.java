package dev.cerberus.engine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.TreeShape;

/**
 * One request to an engine. Immutable and thread-safe.
 *
 * @param prompt what to ask
 * @param sampling how tokens are chosen
 * @param maxOutputTokens the most output tokens, at least 1
 * @param minOutputTokens output tokens before which no end-of-sequence token is chosen
 * @param stopStrings texts that end the answer and are not part of it, none empty
 * @param gate when to draft; empty for the engine's own
 * @param shape a static tree shape; empty for the engine's own
 * @param maxNodes the most draft nodes of a step; empty for the engine's own
 * @param drafting what drafts are made of
 * @param format what the answer must look like; empty for any text
 * @param logprobs how many of the most probable tokens are told with every token of the
 * answer, 0..20; empty to tell no probabilities
 */
public record GenerationRequest(Prompt prompt, SamplingOptions sampling, int maxOutputTokens, int minOutputTokens,
        List<String> stopStrings, Optional<GateOptions> gate, Optional<TreeShape> shape, Optional<Integer> maxNodes,
        DraftingOptions drafting, Optional<OutputFormat> format, OptionalInt logprobs) {

    /** The most alternatives that are told with a token. */
    public static final int MOST_LOGPROBS = 20;

    /**
     * Checks the ranges.
     */
    public GenerationRequest {
        stopStrings = List.copyOf(stopStrings);
        if (maxOutputTokens < 1) {
            throw new IllegalArgumentException("max output tokens must be at least 1, was " + maxOutputTokens);
        }
        if (minOutputTokens < 0) {
            throw new IllegalArgumentException("min output tokens must be at least 0, was " + minOutputTokens);
        }
        if (stopStrings.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("stop sequences must not be empty");
        }
        if (maxNodes.isPresent() && (maxNodes.get() < 1 || maxNodes.get() > 256)) {
            throw new IllegalArgumentException("max nodes must be in 1..256, was " + maxNodes.get());
        }
        logprobs.ifPresent((top) -> {
            if (top < 0 || top > MOST_LOGPROBS) {
                throw new IllegalArgumentException("logprobs must be in 0.." + MOST_LOGPROBS + ", was " + top);
            }
        });
    }

    /**
     * Creates a request that tells no probabilities.
     * @param prompt what to ask
     * @param sampling how tokens are chosen
     * @param maxOutputTokens the most output tokens, at least 1
     * @param minOutputTokens output tokens before which no end-of-sequence token is
     * chosen
     * @param stopStrings texts that end the answer, none empty
     * @param gate when to draft; empty for the engine's own
     * @param shape a static tree shape; empty for the engine's own
     * @param maxNodes the most draft nodes of a step; empty for the engine's own
     * @param drafting what drafts are made of
     * @param format what the answer must look like; empty for any text
     */
    public GenerationRequest(Prompt prompt, SamplingOptions sampling, int maxOutputTokens, int minOutputTokens,
            List<String> stopStrings, Optional<GateOptions> gate, Optional<TreeShape> shape, Optional<Integer> maxNodes,
            DraftingOptions drafting, Optional<OutputFormat> format) {
        this(prompt, sampling, maxOutputTokens, minOutputTokens, stopStrings, gate, shape, maxNodes, drafting, format,
                OptionalInt.empty());
    }

    /**
     * Creates a request for any text.
     * @param prompt what to ask
     * @param sampling how tokens are chosen
     * @param maxOutputTokens the most output tokens, at least 1
     * @param minOutputTokens output tokens before which no end-of-sequence token is
     * chosen
     * @param stopStrings texts that end the answer, none empty
     * @param gate when to draft; empty for the engine's own
     * @param shape a static tree shape; empty for the engine's own
     * @param maxNodes the most draft nodes of a step; empty for the engine's own
     * @param drafting what drafts are made of
     */
    public GenerationRequest(Prompt prompt, SamplingOptions sampling, int maxOutputTokens, int minOutputTokens,
            List<String> stopStrings, Optional<GateOptions> gate, Optional<TreeShape> shape, Optional<Integer> maxNodes,
            DraftingOptions drafting) {
        this(prompt, sampling, maxOutputTokens, minOutputTokens, stopStrings, gate, shape, maxNodes, drafting,
                Optional.empty());
    }

    /**
     * Returns a greedy request with the engine's own settings.
     * @param prompt what to ask
     * @param maxOutputTokens the most output tokens
     * @return the request
     */
    public static GenerationRequest greedy(Prompt prompt, int maxOutputTokens) {
        return new GenerationRequest(prompt, SamplingOptions.GREEDY, maxOutputTokens, 0, List.of(), Optional.empty(),
                Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
    }

    /**
     * Returns this request with another gate.
     * @param options the gate
     * @return the request
     */
    public GenerationRequest withGate(GateOptions options) {
        return new GenerationRequest(this.prompt, this.sampling, this.maxOutputTokens, this.minOutputTokens,
                this.stopStrings, Optional.of(options), this.shape, this.maxNodes, this.drafting, this.format,
                this.logprobs);
    }

    /**
     * Returns this request with other sampling options.
     * @param options the sampling options
     * @return the request
     */
    public GenerationRequest withSampling(SamplingOptions options) {
        return new GenerationRequest(this.prompt, options, this.maxOutputTokens, this.minOutputTokens, this.stopStrings,
                this.gate, this.shape, this.maxNodes, this.drafting, this.format, this.logprobs);
    }

    /**
     * Returns this request with probabilities of the answer's tokens.
     * @param top how many of the most probable tokens are told each time, 0..20
     * @return the request
     */
    public GenerationRequest withLogprobs(int top) {
        return new GenerationRequest(this.prompt, this.sampling, this.maxOutputTokens, this.minOutputTokens,
                this.stopStrings, this.gate, this.shape, this.maxNodes, this.drafting, this.format,
                OptionalInt.of(top));
    }

    /**
     * Returns this request with a format.
     * @param wanted what the answer must look like
     * @return the request
     */
    public GenerationRequest withFormat(OutputFormat wanted) {
        return new GenerationRequest(this.prompt, this.sampling, this.maxOutputTokens, this.minOutputTokens,
                this.stopStrings, this.gate, this.shape, this.maxNodes, this.drafting, Optional.of(wanted),
                this.logprobs);
    }

}
