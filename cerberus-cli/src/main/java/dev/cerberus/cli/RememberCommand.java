package dev.cerberus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.training.MemoryMaker;
import dev.cerberus.training.TrainingException;

/**
 * Command that makes a memory of what a model answers.
 */
@Command(name = "remember", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Lets a model answer prompts, those of the data or its own, and keeps what it says, for drafts to "
                + "look up.",
        footerHeading = "%nExamples:%n",
        footer = { "  cerberus remember --model DIR --data chats.jsonl --out DIR/cerberus-memory.safetensors" })
final class RememberCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--out", required = true, order = -10, paramLabel = "FILE",
            description = "Takes the memory; beside the model as cerberus-memory.safetensors it is found by itself")
    private Path out = Path.of("");

    @Mixin
    private WritingOptions writing = new WritingOptions();

    @Override
    public Integer call() {
        PrintWriter err = this.spec.commandLine().getErr();
        MemoryMaker.Options options = options();
        Destination.requireFile(this.spec, "--out", this.out);
        this.writing.requireWorkFolder();
        this.writing.useThreads();
        DiskNeed
            .ofMemory(options.work(), this.writing.tokens(), this.writing.maxTokens(),
                    ModelDirectory.open(options.model()).config().hiddenSize())
            .require("remember", err);
        int remembered;
        try (Interruption stopped = new Interruption("the same command goes on from what was kept last", err)) {
            remembered = MemoryMaker.make(options);
        }
        this.spec.commandLine().getOut().println(this.out + ": " + remembered + " tokens");
        return 0;
    }

    private MemoryMaker.Options options() {
        try {
            return new MemoryMaker.Options(this.writing.model(), this.writing.data(), this.out,
                    this.writing.workFolder(this.out), this.writing.distillation(false), this.writing.seed(),
                    this.writing.device(), this.writing.precision());
        }
        catch (TrainingException | IllegalArgumentException ex) {
            throw new ParameterException(this.spec.commandLine(), String.valueOf(ex.getMessage()), ex);
        }
    }

}
