package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that writes a model with random weights.
 */
@Command(name = "write-model", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Writes a model directory with random weights in bf16.")
final class WriteModelCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--shape", required = true, paramLabel = "NAME", description = "tiny, 0.5b, 1.1b or 7b")
    private String shape = "";

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where; what is there is replaced")
    private Path directory = Path.of("");

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        RandomModel.write(ModelShape.of(this.shape), this.directory);
        this.spec.commandLine()
            .getOut()
            .println("write-model: " + this.shape + " in " + ResultLog.number((System.nanoTime() - start) * 1e-9, 1)
                    + " s");
        return 0;
    }

}
