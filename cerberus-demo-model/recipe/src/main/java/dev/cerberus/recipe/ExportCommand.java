package dev.cerberus.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import dev.cerberus.recipe.train.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Command that turns the last checkpoint into a Hugging Face model.
 */
@Command(name = "export", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Writes the last checkpoint as model.safetensors (bfloat16) and config.json.")
public final class ExportCommand implements Callable<Integer> {

    @Option(names = "--work", defaultValue = "work", description = "Folder of the training run")
    Path work = Path.of("work");

    @Option(names = "--target", required = true, description = "Folder that takes the model")
    Path target = Path.of("model");

    @Option(names = "--begin-of-text", defaultValue = "0", description = "Id of the token that a text begins with")
    int beginOfText;

    @Option(names = "--end-of-text", required = true, split = ",", description = "Ids of the tokens that end an answer")
    List<Integer> endOfText = List.of();

    @Override
    public Integer call() throws Exception {
        Trainer.export(this.work, this.target, this.beginOfText, this.endOfText);
        return 0;
    }

}
