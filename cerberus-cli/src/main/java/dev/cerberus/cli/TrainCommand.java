package dev.cerberus.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.training.HeadsTrainer;
import dev.cerberus.training.TrainingException;
import dev.cerberus.training.TrainingOptions;
import dev.cerberus.training.TrainingOptions.Distillation;
import dev.cerberus.training.TrainingOptions.HeadsShape;
import dev.cerberus.training.TrainingOptions.LmHead;
import dev.cerberus.training.TrainingOptions.Optimization;
import dev.cerberus.training.TrainingReport;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command {@code cerberus train}: makes draft heads for a model.
 */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Trains draft heads: the model answers prompts, those of the data or its own, and heads learn to "
                + "foresee what it writes. Interrupted, it goes on with --resume and gives the same heads.",
        footerHeading = "%nExamples:%n",
        footer = { "  cerberus train --model DIR --out DIR/cerberus-heads.safetensors",
                "  cerberus train --model DIR --data chats.jsonl --out DIR/cerberus-heads.safetensors",
                "  cerberus train --model DIR --data chats.jsonl --out DIR/cerberus-heads.safetensors --resume" })
final class TrainCommand implements Callable<Integer> {

    private static final Optimization LEARNING = Optimization.DEFAULT;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--out", required = true, order = -10, paramLabel = "FILE",
            description = "Heads file to write; beside the model as cerberus-heads.safetensors it is found by itself")
    private Path out = Path.of("");

    @Option(names = "--kind", paramLabel = "KIND", defaultValue = "cerberus",
            description = "cerberus, medusa or hydra; default: ${DEFAULT-VALUE}")
    private String kind = "cerberus";

    @Option(names = "--condition", paramLabel = "root|none",
            description = "Whether the heads see the root token; default: root, for medusa none")
    private @Nullable String condition;

    @Option(names = "--links", negatable = true, defaultValue = "true", fallbackValue = "true",
            description = "Whether a block sees the previous head's state; default: ${DEFAULT-VALUE}")
    private boolean links = true;

    @Option(names = "--heads", paramLabel = "K", defaultValue = "4",
            description = "Number of heads; default: ${DEFAULT-VALUE}")
    private int heads = 4;

    @Option(names = "--layers", paramLabel = "L",
            description = "Blocks per head; default: 1, for cerberus without the root token 2")
    private @Nullable Integer layers;

    @Option(names = "--draft-vocabulary", paramLabel = "N", defaultValue = "1024",
            description = "Most frequent tokens that the heads can propose, 0 for all; default: ${DEFAULT-VALUE}")
    private int draftVocabulary = 1024;

    @Option(names = "--lm-head", paramLabel = "shared|tuned|own",
            description = "LM head of the heads: the target's, one trained copy of it, or a trained copy each; "
                    + "default: shared, for medusa own")
    private @Nullable String lmHead;

    @Option(names = "--transition-rank", paramLabel = "R",
            description = "Rank of the scores for one drafted token to follow another, 0 for none; default: 64 for "
                    + "cerberus, 0 for the other kinds")
    private @Nullable Integer transitionRank;

    @Option(names = "--head-temperature", paramLabel = "T", defaultValue = "1.5",
            description = "What the heads' scores are divided by when drafting; above 1 makes them less sure than "
                    + "they learned to be; default: ${DEFAULT-VALUE}")
    private double headTemperature = HeadsShape.DEFAULT_TEMPERATURE;

    @ArgGroup
    private Length length = new Length();

    /** How long to train: steps or epochs. */
    static final class Length {

        @Option(names = "--steps", paramLabel = "N", description = "Steps of the optimizer")
        private @Nullable Integer steps;

        @Option(names = "--epochs", paramLabel = "E", description = "Passes over the text; default: 3")
        private @Nullable Double epochs;

    }

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "512",
            description = "Positions of one step; default: ${DEFAULT-VALUE}")
    private int batchSize = 512;

    @Option(names = "--learning-rate", paramLabel = "R", description = "Highest learning rate; default: 0.003")
    private @Nullable Double learningRate;

    @Option(names = "--patience", paramLabel = "N", defaultValue = "4",
            description = "Evaluations without progress after which training stops; 0 for never; default: ${DEFAULT-VALUE}")
    private int patience = 4;

    @Option(names = "--evaluate-every", paramLabel = "N", defaultValue = "250",
            description = "Steps between evaluations on held-out text; default: ${DEFAULT-VALUE}")
    private int evaluateEvery = 250;

    @Option(names = "--checkpoint-every", paramLabel = "N", defaultValue = "250",
            description = "Steps between checkpoints; default: ${DEFAULT-VALUE}")
    private int checkpointEvery = 250;

    @Option(names = "--resume", description = "Go on from the last checkpoint, if there is one")
    private boolean resume;

    @Mixin
    private WritingOptions writing = new WritingOptions();

    @Option(names = "--soft-labels", description = "Learn the model's probabilities instead of its choices")
    private boolean softLabels;

    @Override
    public Integer call() {
        PrintWriter err = this.spec.commandLine().getErr();
        TrainingOptions options = options();
        Destination.requireFile(this.spec, "--out", this.out);
        this.writing.requireWorkFolder();
        this.writing.useThreads();
        ModelConfig config = ModelDirectory.open(options.model()).config();
        DiskNeed
            .ofHeads(options.work(), this.writing.tokens(), this.writing.maxTokens(), config.hiddenSize(),
                    this.softLabels, options.shape().checkpointBytes(config.hiddenSize(), config.vocabularySize()))
            .require("train", err);
        TrainingReport report;
        try (Interruption stopped = new Interruption("the same command with --resume goes on from what was kept last",
                err)) {
            report = HeadsTrainer.train(options);
        }
        PrintWriter writer = this.spec.commandLine().getOut();
        writer.println(report.file() + ": " + report.heads().heads() + " " + report.heads().kind().id()
                + " heads after " + report.steps() + " steps");
        for (int head = 0; head < report.accuracy().length; head++) {
            StringBuilder line = new StringBuilder("head " + (head + 1) + ", held-out share at ranks 1..: ");
            for (double share : report.accuracy()[head]) {
                line.append(String.format(Locale.ROOT, " %.3f", share));
            }
            writer.println(line);
        }
        writer.println(Verdicts.ofTraining(report, this.writing.model()));
        return 0;
    }

    private TrainingOptions options() {
        try {
            HeadsShape shape = new HeadsShape(HeadsKind.ofId(this.kind), condition(), this.links, this.heads,
                    optional(this.layers), this.draftVocabulary, lmHead(), optional(this.transitionRank),
                    this.headTemperature);
            Distillation distillation = this.writing.distillation(this.softLabels);
            Optimization optimization = new Optimization(optional(this.length.steps),
                    (this.length.epochs != null) ? this.length.epochs : LEARNING.epochs(), this.batchSize,
                    (this.learningRate != null) ? OptionalDouble.of(this.learningRate) : OptionalDouble.empty(),
                    LEARNING.headDecay(), this.evaluateEvery, this.patience, this.checkpointEvery, this.writing.seed());
            return new TrainingOptions(this.writing.model(), this.writing.data(), this.out,
                    this.writing.workFolder(this.out), shape, distillation, optimization, this.writing.device(),
                    this.writing.precision(), this.resume);
        }
        catch (TrainingException | IllegalArgumentException ex) {
            throw new ParameterException(this.spec.commandLine(), String.valueOf(ex.getMessage()), ex);
        }
    }

    private Optional<Boolean> condition() {
        if (this.condition == null) {
            return Optional.empty();
        }
        return switch (this.condition) {
            case "root" -> Optional.of(true);
            case "none" -> Optional.of(false);
            default ->
                throw new IllegalArgumentException("--condition must be root or none, was '" + this.condition + "'");
        };
    }

    private Optional<LmHead> lmHead() {
        if (this.lmHead == null) {
            return Optional.empty();
        }
        return switch (this.lmHead) {
            case "shared" -> Optional.of(LmHead.SHARED);
            case "tuned" -> Optional.of(LmHead.TUNED);
            case "own" -> Optional.of(LmHead.OWN);
            default ->
                throw new IllegalArgumentException("--lm-head must be shared, tuned or own, was '" + this.lmHead + "'");
        };
    }

    private static OptionalInt optional(@Nullable Integer value) {
        return (value != null) ? OptionalInt.of(value) : OptionalInt.empty();
    }

}
