package dev.cerberus.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

import dev.cerberus.recipe.data.TaskPrompts;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that writes prompts of six tasks, to be measured with {@code bench}.
 */
@Command(name = "task-prompts", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Writes prompts of Spec-Bench's six tasks, made of public texts.")
final class TaskPromptsCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--data", required = true, description = "Folder with text/ and prompts/ in it.")
    private Path data = Path.of("");

    @Option(names = "--out", required = true, description = "File for the prompts.")
    private Path out = Path.of("");

    @Option(names = "--count", defaultValue = "20", description = "Prompts of each task, at most.")
    private int count;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of all choices.")
    private long seed;

    @Override
    public Integer call() throws IOException {
        int written = new TaskPrompts(this.data, this.seed).write(this.out, this.count);
        if (this.spec != null) {
            this.spec.commandLine().getOut().printf(Locale.ROOT, "%d prompts written to %s%n", written, this.out);
        }
        return 0;
    }

}
