package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ExpectedTensors;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelDirectory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that tells what steps, trees, prompts and batches take.
 */
@Command(name = "steps", mixinStandardHelpOptions = true, sortOptions = false,
        description = { "Times of steps, trees, prompts and batches of a model.",
                "Exits with 1 if the model samples a token that its logits do not." })
final class StepsCommand implements Callable<Integer> {

    private static final int LONGEST_CONTEXT = 4096;

    private static final long GIGABYTE = 1L << 30;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Mixin
    private DeviceOptions place = new DeviceOptions();

    @Option(names = "--measures", paramLabel = "LIST", split = ",",
            defaultValue = "copy,growing,rows,sampled,batch,prefill",
            description = "What to measure, in this order; default: ${DEFAULT-VALUE}")
    private List<Measure> measures = List.of();

    @Option(names = "--steps", paramLabel = "N", defaultValue = "300",
            description = "Steps of a growing text; default: ${DEFAULT-VALUE}")
    private int steps;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "50",
            description = "Runs of everything else, prompts a fifth of it; default: ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--rows", paramLabel = "N", split = ",", defaultValue = "1,2,5,9,17,33,64,65",
            description = "Rows of trees; default: ${DEFAULT-VALUE}")
    private List<Integer> rows = List.of();

    @Option(names = "--contexts", paramLabel = "N", split = ",", defaultValue = "128,1024",
            description = "Tokens before them; default: ${DEFAULT-VALUE}")
    private List<Integer> contexts = List.of();

    @Option(names = "--prompts", paramLabel = "N", split = ",", defaultValue = "512,2048",
            description = "Lengths of prompts; default: ${DEFAULT-VALUE}")
    private List<Integer> prompts = List.of();

    @Option(names = "--batches", paramLabel = "SxR", split = ",", defaultValue = "1x1,4x1,16x1,64x1,16x17",
            description = "Sequences and rows of each; default: ${DEFAULT-VALUE}")
    private List<String> batches = List.of();

    @Option(names = "--bandwidth", paramLabel = "GB/S",
            description = "Speed of the device's memory, for floors; default: what copy measures")
    private @Nullable Double bandwidth;

    private enum Measure {

        COPY, GROWING, ROWS, SAMPLED, BATCH, PREFILL

    }

    /** Where the model comes from. */
    static final class Source {

        @Option(names = "--model", paramLabel = "DIR", description = "A model directory or a GGUF file")
        private @Nullable Path model;

        @Option(names = "--shape", paramLabel = "NAME", description = "Random weights: tiny, 0.5b, 1.1b or 7b")
        private @Nullable String shape;

    }

    @Option(names = "--folder", paramLabel = "DIR",
            description = "Where the random weights are, or are written to if they are not there; default: a temporary "
                    + "folder")
    private @Nullable Path folder;

    @Override
    public Integer call() throws IOException {
        Path model = this.source.model;
        if (model != null) {
            return measure(ModelDirectory.open(model),
                    String.valueOf(model.toAbsolutePath().normalize().getFileName()));
        }
        ModelShape shape = ModelShape.of(String.valueOf(this.source.shape));
        if (this.folder != null) {
            return measureRandom(shape, this.folder);
        }
        Path directory = Files.createTempDirectory("cerberus-steps-");
        try {
            return measureRandom(shape, directory);
        }
        finally {
            RandomModel.delete(directory);
        }
    }

    private int measureRandom(ModelShape shape, Path directory) throws IOException {
        if (!RandomModel.isWritten(shape, directory)) {
            RandomModel.write(shape, directory);
        }
        return measure(ModelDirectory.open(directory), shape.toString());
    }

    /** Returns the exit code. */
    private int measure(ModelDirectory directory, String label) throws IOException {
        ModelConfig config = directory.config();
        TorchDevice device = this.place.device();
        Precision precision = this.place.precision(device);
        try (ResultLog log = this.place.log(this.spec, label, device, precision)) {
            double speed = speed(device, log);
            long start = System.nanoTime();
            try (DjlTargetModel model = load(directory, device, precision)) {
                double seconds = (System.nanoTime() - start) * 1e-9;
                long bytes = bytesRead(config, precision);
                log.say("load",
                        label + " in " + precision.name().toLowerCase(Locale.ROOT) + " on " + device.name() + " in "
                                + ResultLog.number(seconds, 1) + " s, a step reads " + ResultLog.number(bytes * 1e-9, 3)
                                + " GB of weights, row limit " + model.rowLimit(),
                        Map.of("seconds", seconds, "weight_bytes", bytes, "row_limit", model.rowLimit()));
                StepBench bench = new StepBench(model, log, (speed > 0) ? bytes / speed * 1e3 : 0, this.runs);
                this.measures.forEach((measure) -> run(measure, bench));
                return (bench.otherTokens() > 0) ? 1 : 0;
            }
        }
    }

    private static DjlTargetModel load(ModelDirectory directory, TorchDevice device, Precision precision) {
        ModelConfig config = directory.config();
        try (Checkpoint checkpoint = directory.openCheckpoint()) {
            return DjlTargetModel.load(config, checkpoint, Math.min(config.maxPositions(), LONGEST_CONTEXT), device,
                    precision);
        }
    }

    /** Returns bytes per second, 0 if it is not known. */
    private double speed(TorchDevice device, ResultLog log) {
        Double stated = this.bandwidth;
        if (stated != null) {
            return stated * 1e9;
        }
        if (!this.measures.contains(Measure.COPY)) {
            return 0;
        }
        double speed = CopySpeed.bytesPerSecond(device, device.isCpu() ? GIGABYTE / 8 : GIGABYTE);
        log.say("copy", ResultLog.number(speed * 1e-9, 0) + " GB/s, read and written",
                Map.of("bytes_per_second", speed));
        return speed;
    }

    /** Returns the bytes of the weights that a step reads: all but the embeddings. */
    static long bytesRead(ModelConfig config, Precision precision) {
        long looked = config.tieWordEmbeddings() ? 0 : (long) config.vocabularySize() * config.hiddenSize();
        return (ExpectedTensors.parameters(config) - looked) * switch (precision) {
            case FP32 -> 4;
            case BF16, FP16 -> 2;
            case INT8 -> 1;
        };
    }

    private void run(Measure measure, StepBench bench) {
        switch (measure) {
            case COPY -> {
                // before the model takes the memory
            }
            case GROWING -> {
                bench.growing(1, 1, this.steps);
                bench.growing(17, 17, this.steps);
                bench.growing(1, 64, this.steps);
            }
            case ROWS -> this.contexts.forEach((context) -> this.rows.forEach((count) -> bench.rows(count, context)));
            case SAMPLED -> this.rows.forEach((count) -> bench.sampled(count, this.contexts.get(0)));
            case BATCH -> this.batches.forEach((batch) -> {
                String[] sizes = batch.split("x", 2);
                bench.batch(Integer.parseInt(sizes[0]), (sizes.length > 1) ? Integer.parseInt(sizes[1]) : 1);
            });
            case PREFILL -> this.prompts.forEach(bench::prefill);
        }
    }

}
