package dev.cerberus.cli;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.sample.SamplingOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * The options that say which answers a model writes, and how large drafts may be.
 */
class AnswerOptions {

    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "512",
            description = "Most output tokens of an answer; default: ${DEFAULT-VALUE}")
    private int maxTokens;

    @Option(names = "--min-tokens", paramLabel = "N", defaultValue = "0",
            description = "Output tokens before which an end-of-sequence token does not end an answer")
    private int minTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0",
            description = "0 for greedy decoding; default: ${DEFAULT-VALUE}")
    private double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Keep the K most probable tokens")
    private @Nullable Integer topK;

    @Option(names = "--top-p", paramLabel = "P", description = "Keep the most probable tokens that reach P together")
    private @Nullable Double topP;

    @Option(names = "--repetition-penalty", paramLabel = "R", defaultValue = "1",
            description = "What the logits of tokens of the text so far are divided by; default: ${DEFAULT-VALUE}")
    private double repetitionPenalty;

    @Option(names = "--min-p", paramLabel = "M", defaultValue = "0",
            description = "Keep tokens that are at least M times as probable as the best one; default: ${DEFAULT-VALUE}")
    private double minP;

    @Option(names = "--frequency-penalty", paramLabel = "F", defaultValue = "0",
            description = "What is taken from a token's logit each time that it stands in the answer; default: "
                    + "${DEFAULT-VALUE}")
    private double frequencyPenalty;

    @Option(names = "--presence-penalty", paramLabel = "F", defaultValue = "0",
            description = "What is taken from the logits of tokens that stand in the answer; default: ${DEFAULT-VALUE}")
    private double presencePenalty;

    @Option(names = "--logit-bias", paramLabel = "ID=B",
            description = "What is added to the logit of a token, -100..100; may be repeated")
    private Map<Integer, Double> logitBias = Map.of();

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0",
            description = "The same seed gives the same answer; default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--max-nodes", paramLabel = "N",
            description = "Most draft nodes of a step; default: 16, and 63 on a GPU")
    private @Nullable Integer maxNodes;

    @Option(names = "--no-coupled-drafting",
            description = "When sampling, rank drafts by probability instead of by the noise of the target's choice")
    private boolean uncoupled;

    /** Checks what the option types do not, so that it counts as wrong usage. */
    void check() {
        require(this.maxTokens >= 1, "--max-tokens must be at least 1, was " + this.maxTokens);
        require(this.minTokens >= 0, "--min-tokens must be at least 0, was " + this.minTokens);
        require(this.maxNodes == null || (this.maxNodes >= 1 && this.maxNodes <= 256),
                "--max-nodes must be in 1..256, was " + this.maxNodes);
        require(this.topK == null || this.topK >= 0, "--top-k must be at least 1, or 0 for no limit, was " + this.topK);
        usage(this::sampling);
    }

    void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(this.spec.commandLine(), message);
        }
    }

    /** Returns whether an option was given, be it with its default value. */
    boolean isGiven(String option) {
        return this.spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** Turns a refused value into wrong usage. */
    <T> T usage(Supplier<T> value) {
        try {
            return value.get();
        }
        catch (ParameterException ex) {
            throw ex;
        }
        catch (IllegalArgumentException ex) {
            throw new ParameterException(this.spec.commandLine(), ex.getMessage(), ex);
        }
    }

    int maxTokens() {
        return this.maxTokens;
    }

    int minTokens() {
        return Math.min(this.minTokens, this.maxTokens);
    }

    /** Returns the most draft nodes of a step, if they were given. */
    OptionalInt maxNodes() {
        return (this.maxNodes != null) ? OptionalInt.of(this.maxNodes) : OptionalInt.empty();
    }

    /** Returns the same for a request. */
    Optional<Integer> requestedNodes() {
        return Optional.ofNullable(this.maxNodes);
    }

    /**
     * Returns the most draft nodes of a step.
     * @param suitable those that suit the device, asked if none were given
     */
    int maxNodes(IntSupplier suitable) {
        return maxNodes().orElseGet(suitable);
    }

    DraftingOptions drafting() {
        return new DraftingOptions(!this.uncoupled, true);
    }

    SamplingOptions sampling() {
        return new SamplingOptions(this.temperature, (this.topK == null) ? 0 : this.topK,
                (this.topP == null) ? 1 : this.topP, this.minP, this.repetitionPenalty, this.frequencyPenalty,
                this.presencePenalty, this.logitBias, this.seed);
    }

}
