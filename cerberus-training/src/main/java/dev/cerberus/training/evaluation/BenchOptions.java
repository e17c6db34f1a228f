package dev.cerberus.training.evaluation;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.TreeShape;

/**
 * What a benchmark measures. Immutable and thread-safe.
 *
 * @param modes modes to compare; {@link BenchMode#AUTOREGRESSIVE} is always one of them
 * @param raw whether prompts are sent without chat template
 * @param maxTokens the most output tokens of an answer, at least 1
 * @param minTokens output tokens before which end-of-sequence tokens do not end an answer
 * @param repeat measurements of every prompt, at least 1; the one of median time counts
 * @param warmUpPrompts prompts answered by each mode before anything is measured
 * @param sampling how tokens are chosen
 * @param drafting what drafts are made of; Medusa and Hydra draft with their heads alone
 * @param shapes static tree shapes by heads; heads without an entry draft the best tree
 * of every step
 * @param maxNodes the most draft nodes of a step, 1..256
 * @param gate signal and threshold of mode {@code cerberus-threshold}
 */
public record BenchOptions(Set<BenchMode> modes, boolean raw, int maxTokens, int minTokens, int repeat,
        int warmUpPrompts, SamplingOptions sampling, DraftingOptions drafting,
        Map<BenchMode.HeadsRole, TreeShape> shapes, int maxNodes, GateOptions gate) {

    /**
     * Checks the ranges and adds the baseline.
     */
    public BenchOptions {
        require(maxTokens >= 1, "max tokens must be at least 1, was " + maxTokens);
        require(minTokens >= 0, "min tokens must be at least 0, was " + minTokens);
        require(repeat >= 1, "repeat must be at least 1, was " + repeat);
        require(warmUpPrompts >= 0, "warm-up must be at least 0, was " + warmUpPrompts);
        require(maxNodes >= 1 && maxNodes <= 256, "max nodes must be in 1..256, was " + maxNodes);
        Set<BenchMode> withBaseline = new LinkedHashSet<>();
        withBaseline.add(BenchMode.AUTOREGRESSIVE);
        withBaseline.addAll(modes);
        modes = java.util.Collections.unmodifiableSet(withBaseline);
        shapes = Map.copyOf(shapes);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * Returns the same with another gate.
     * @param value signal and threshold of mode {@code cerberus-threshold}
     * @return the options
     */
    public BenchOptions withGate(GateOptions value) {
        return new BenchOptions(this.modes, this.raw, this.maxTokens, this.minTokens, this.repeat, this.warmUpPrompts,
                this.sampling, this.drafting, this.shapes, this.maxNodes, value);
    }

    GenerationRequest request(BenchMode mode, Prompt prompt, int tokens) {
        return new GenerationRequest(prompt, this.sampling, tokens, Math.min(this.minTokens, tokens), List.of(),
                Optional.of(this.gate.withMode(mode.gate())), Optional.ofNullable(this.shapes.get(mode.heads())),
                Optional.of(this.maxNodes), drafting(mode));
    }

    private DraftingOptions drafting(BenchMode mode) {
        return (mode.heads() == BenchMode.HeadsRole.CERBERUS) ? this.drafting
                : new DraftingOptions(this.drafting.coupled(), false);
    }

}
