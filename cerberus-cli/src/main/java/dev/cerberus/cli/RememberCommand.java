package dev.cerberus.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.training.MemoryMaker;
import dev.cerberus.training.TrainingException;
import dev.cerberus.training.TrainingOptions.Distillation;

/**
 * Command that makes a memory of what a model answers.
 */
@Command(name = "remember", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Lets a model answer prompts and keeps what it says, for drafts to look up.")
final class RememberCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, paramLabel = "DIR",
            description = "Target model: a directory in Hugging Face layout, or a classpath: folder")
    private String model = "";

    @Option(names = "--data", required = true, arity = "1..*", paramLabel = "FILE",
            description = "Prompts: JSON lines with \"messages\", \"prompt\" or \"turns\", or plain text")
    private List<Path> data = List.of();

    @Option(names = "--out", required = true, paramLabel = "FILE",
            description = "Takes the memory; beside the model as cerberus-memory.safetensors it is found by itself")
    private Path out = Path.of("");

    @Option(names = "--work", paramLabel = "DIR",
            description = "Folder for the text, shared with trainings of heads; default: cerberus-training beside "
                    + "--out")
    private @Nullable Path work;

    @Option(names = "--tokens", paramLabel = "N", defaultValue = "500000",
            description = "Tokens that the model writes; default: ${DEFAULT-VALUE}")
    private int tokens;

    @Option(names = "--max-prompt-tokens", paramLabel = "N", defaultValue = "512",
            description = "Longer prompts are left out")
    private int maxPromptTokens;

    @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "256", description = "Longest answer")
    private int maxTokens;

    @Option(names = "--sampled-share", paramLabel = "S", defaultValue = "0.5",
            description = "Share of the answers that are sampled instead of greedy")
    private double sampledShare;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0.7",
            description = "Temperature of the sampled answers")
    private double temperature;

    @Option(names = "--sequences", paramLabel = "N", defaultValue = "64", description = "Answers written at a time")
    private int sequences;

    @Option(names = "--raw", description = "Send prompts as they are, without chat template")
    private boolean raw;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Decides what is sampled")
    private long seed;

    @Option(names = "--precision", paramLabel = "NAME", defaultValue = "auto",
            description = "auto, fp32, bf16 or fp16: what the model writes in")
    private String precision = "auto";

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "auto", description = "auto, cpu, cuda or cuda:N")
    private String device = "auto";

    @Option(names = "--threads", paramLabel = "N", description = "Threads of one native operator")
    private @Nullable Integer threads;

    @Override
    public Integer call() {
        MemoryMaker.Options options = options();
        if (this.threads != null) {
            TorchRuntime.useThreads(this.threads);
        }
        int remembered = MemoryMaker.make(options);
        this.spec.commandLine().getOut().println(this.out + ": " + remembered + " tokens");
        return 0;
    }

    private MemoryMaker.Options options() {
        try {
            Distillation distillation = new Distillation(this.tokens, this.maxPromptTokens, this.maxTokens,
                    this.sampledShare, this.temperature, this.sequences, this.raw, false);
            Path folder = (this.work != null) ? this.work
                    : this.out.toAbsolutePath().resolveSibling("cerberus-training");
            return new MemoryMaker.Options(this.model, this.data, this.out, folder, distillation, this.seed,
                    this.device, this.precision);
        }
        catch (TrainingException | IllegalArgumentException ex) {
            throw new ParameterException(this.spec.commandLine(), String.valueOf(ex.getMessage()), ex);
        }
    }

}
