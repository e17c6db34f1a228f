package dev.cerberus.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.training.TrainingOptions.Distillation;
import dev.cerberus.training.TrainingOptions.Optimization;

/**
 * The options that say which model writes the text that something is made from, and how.
 */
final class WritingOptions {

    private static final Distillation TEXT = Distillation.DEFAULT;

    @Spec(Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, order = -12, paramLabel = "DIR",
            description = "Target model: a directory in Hugging Face layout, GGUF file, classpath: resource or hf://ORG/NAME")
    private String model = "";

    @Option(names = "--data", order = -9, arity = "1..*", paramLabel = "FILE",
            description = "Prompts: JSON lines with \"messages\", \"prompt\" or \"turns\", or plain text; default: "
                    + "questions that the model writes itself, if it has a chat template")
    private List<Path> data = new ArrayList<>();

    @Option(names = "--answered",
            description = "The data holds answers that the model wrote elsewhere, lines of generate --json: their hidden "
                    + "states are computed, and nothing is written")
    private boolean answered;

    @Option(names = "--work", paramLabel = "DIR",
            description = "Folder for the text and for checkpoints, shared by all that is made for one model; "
                    + "default: cerberus-training beside the file to write")
    private @Nullable Path work;

    @Option(names = "--tokens", paramLabel = "N", defaultValue = "500000",
            description = "Tokens that the model writes; default: ${DEFAULT-VALUE}")
    private int tokens = TEXT.tokens();

    @Option(names = "--max-context", paramLabel = "N",
            description = "Longest sequence in tokens, as the model will be served; default: the model's own limit")
    private @Nullable Integer maxContext;

    @Option(names = "--max-prompt-tokens", paramLabel = "N", defaultValue = "512",
            description = "Longer prompts are left out; default: ${DEFAULT-VALUE}")
    private int maxPromptTokens = TEXT.maxPromptTokens();

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "256",
            description = "Longest continuation; default: ${DEFAULT-VALUE}")
    private int maxTokens = TEXT.maxNewTokens();

    @Option(names = "--sampled-share", paramLabel = "S", defaultValue = "0.5",
            description = "Share of the continuations that are sampled instead of greedy; default: ${DEFAULT-VALUE}")
    private double sampledShare = TEXT.sampledShare();

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.7",
            description = "Temperature of the sampled continuations; default: ${DEFAULT-VALUE}")
    private double temperature = TEXT.temperature();

    @Option(names = "--sequences", paramLabel = "N", defaultValue = "64",
            description = "Sequences written at a time; default: ${DEFAULT-VALUE}")
    private int sequences = TEXT.slots();

    @Option(names = "--raw", description = "Send prompts as they are, without chat template")
    private boolean raw;

    @Option(names = "--chat-template", paramLabel = "NAME|FILE",
            description = "chatml, llama-2, vicuna, zephyr or a Jinja file; default: the model's own")
    private @Nullable String chatTemplate;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1",
            description = "Decides order, split and sampling; default: ${DEFAULT-VALUE}")
    private long seed = Optimization.DEFAULT.seed();

    @Option(names = "--precision", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, fp32, bf16, fp16 or int8: what the model writes in; default: ${DEFAULT-VALUE}")
    private String precision = "auto";

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N; default: ${DEFAULT-VALUE}")
    private String device = "auto";

    @Option(names = "--threads", paramLabel = "N",
            description = "Threads of one native operator; default: what proves fastest for writing text with a "
                    + "larger model, else 1; to learn, more pay on an idle machine only")
    private @Nullable Integer threads;

    String model() {
        return this.model;
    }

    List<Path> data() {
        return this.data;
    }

    /** Returns where the text goes that a file is made from. */
    Path workFolder(Path out) {
        return (this.work != null) ? this.work : out.toAbsolutePath().resolveSibling("cerberus-training");
    }

    /** Refuses a work folder that can not be written to. */
    void requireWorkFolder() {
        Destination.requireFolder(this.spec, "--work", this.work);
    }

    Distillation distillation(boolean softLabels) {
        Distillation given = new Distillation(this.tokens, this.maxPromptTokens, this.maxTokens, this.sampledShare,
                this.temperature, this.sequences, this.raw, softLabels, this.answered)
            .withMaxContext((this.maxContext != null) ? OptionalInt.of(this.maxContext) : OptionalInt.empty())
            .withChatTemplate(Optional.ofNullable(this.chatTemplate));
        return (this.threads != null) ? given : given.onFastestThreads();
    }

    int tokens() {
        return this.tokens;
    }

    int maxTokens() {
        return this.maxTokens;
    }

    long seed() {
        return this.seed;
    }

    String precision() {
        return this.precision;
    }

    String device() {
        return this.device;
    }

    /** Takes the threads of option {@code --threads}, if they were given, or else one. */
    void useThreads() {
        ModelOptions.requireThreads(this.spec, this.threads);
        TorchRuntime.useThreads((this.threads != null) ? this.threads : 1);
    }

}
