package dev.cerberus.recipe;

import java.nio.file.Path;
import java.util.concurrent.Callable;

import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.recipe.train.BatchPolicy;
import dev.cerberus.recipe.train.ModelShape;
import dev.cerberus.recipe.train.OptimizerSettings;
import dev.cerberus.recipe.train.Schedule;
import dev.cerberus.recipe.train.Trainer;
import dev.cerberus.recipe.train.TrainingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Command that trains the demo model from tokenised documents.
 */
@Command(name = "train", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Trains the demo model on one CPU core or more, in checkpoints that a later call continues.")
public final class TrainCommand implements Callable<Integer> {

    @Option(names = "--work", defaultValue = "work",
            description = "Folder of tokens.bin, loss-mask.bin, validation.bin, validation-mask.bin; takes the results")
    Path work = Path.of("work");

    @Option(names = "--hidden", defaultValue = "256", description = "Width of the residual stream")
    int hidden;

    @Option(names = "--layers", defaultValue = "4", description = "Transformer layers")
    int layers;

    @Option(names = "--heads", defaultValue = "4", description = "Query heads")
    int heads;

    @Option(names = "--kv-heads", defaultValue = "2", description = "Key and value heads")
    int keyValueHeads;

    @Option(names = "--head-dimension", defaultValue = "64", description = "Width of one head")
    int headDimension;

    @Option(names = "--intermediate", defaultValue = "768", description = "Width of the feed-forward layer")
    int intermediate;

    @Option(names = "--vocabulary", defaultValue = "4096", description = "Token ids")
    int vocabulary;

    @Option(names = "--max-positions", defaultValue = "1024", description = "Longest sequence in tokens")
    int maxPositions;

    @Option(names = "--separator", defaultValue = "0", description = "Token id that ends a document")
    int separator;

    @Option(names = "--steps", defaultValue = "2400", description = "Steps of the optimizer")
    int steps;

    @Option(names = "--warm-up", defaultValue = "50", description = "Steps in which the learning rate rises")
    int warmUp;

    @Option(names = "--decay-share", defaultValue = "0.3", description = "Last share of the steps, falling to zero")
    double decayShare;

    @Option(names = "--muon", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Train the matrices of the layers by Muon rather than Adam")
    boolean muon;

    @Option(names = "--muon-rate", defaultValue = "0.02", description = "Learning rate of the layers' matrices")
    double muonRate;

    @Option(names = "--adam-rate", defaultValue = "0.004", description = "Learning rate of embedding and norms")
    double adamRate;

    @Option(names = "--muon-decay", defaultValue = "0.05", description = "Weight decay of the layers' matrices")
    double muonDecay;

    @Option(names = "--adam-decay", defaultValue = "0", description = "Weight decay of the embedding")
    double adamDecay;

    @Option(names = "--momentum", defaultValue = "0.95", description = "Momentum of Muon")
    double momentum;

    @Option(names = "--clip", defaultValue = "1", description = "Highest norm of the gradient")
    double clip;

    @Option(names = "--z-loss", defaultValue = "0.0001", description = "Weight of the squared log-normaliser")
    double zLoss;

    @Option(names = "--bfloat16", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Round operands of matrix products to bfloat16")
    boolean bfloat16;

    @Option(names = "--tokens-per-step", defaultValue = "3800", description = "Tokens of one step, at least")
    int tokensPerStep;

    @Option(names = "--tokens-per-batch", defaultValue = "2048",
            description = "Tokens that go through the model at a time")
    int tokensPerBatch;

    @Option(names = "--loss-rows", defaultValue = "256", description = "Rows of logits in memory at a time")
    int lossRows;

    @Option(names = "--packed-share", defaultValue = "0.15",
            description = "Share of the documents joined to longest sequences")
    double packedShare;

    @Option(names = "--pool", defaultValue = "1024", description = "Documents among which equal lengths are sought")
    int pool;

    @Option(names = "--unmasked-weight", defaultValue = "0", description = "What tokens count that the mask leaves out")
    float unmaskedWeight;

    @Option(names = "--checkpoint-every", defaultValue = "100", description = "Steps between checkpoints")
    int checkpointEvery;

    @Option(names = "--validate-every", defaultValue = "400", description = "Steps between validations")
    int validateEvery;

    @Option(names = "--validation-batches", defaultValue = "8", description = "Batches of a validation on the way")
    int validationBatches;

    @Option(names = "--seed", defaultValue = "20250101", description = "Seed of parameters and order")
    long seed;

    @Option(names = "--threads", defaultValue = "1", description = "Threads of one operator")
    int threads;

    @Option(names = "--resume", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Continue the last checkpoint where there is one")
    boolean resume;

    @Override
    public Integer call() throws Exception {
        TorchRuntime.useThreads(this.threads);
        ModelShape shape = new ModelShape(this.hidden, this.layers, this.heads, this.keyValueHeads, this.headDimension,
                this.intermediate, this.vocabulary, this.maxPositions);
        BatchPolicy policy = new BatchPolicy(this.tokensPerBatch, this.maxPositions, this.packedShare, this.pool,
                this.unmaskedWeight);
        OptimizerSettings optimizer = new OptimizerSettings(this.muonRate, this.adamRate, this.muonDecay,
                this.adamDecay, this.momentum, this.clip, this.zLoss, this.muon);
        Trainer.train(shape, policy, optimizer, Schedule.of(this.warmUp, this.steps, this.decayShare),
                new TrainingOptions(this.work, this.separator, this.bfloat16, this.lossRows, this.tokensPerStep,
                        this.checkpointEvery, this.validateEvery, this.validationBatches, this.seed, this.resume));
        return 0;
    }

}
