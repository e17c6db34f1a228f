package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

import ai.djl.pytorch.jni.JniUtils;

import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that tells where the time of a step goes, operator by operator.
 */
@Command(name = "operators", mixinStandardHelpOptions = true, sortOptions = false,
        description = {
                "Where the time of a forward goes, by operators of libtorch, beside the time in which its bytes "
                        + "could be read.",
                "The profiler makes each call slower by about a microsecond." })
final class OperatorsCommand implements Callable<Integer> {

    private static final int WARM_UPS = 10;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "A model directory")
    private Path model = Path.of("");

    @Option(names = "--context", paramLabel = "N", defaultValue = "200",
            description = "Tokens before; default: ${DEFAULT-VALUE}")
    private int context;

    @Option(names = "--rows", paramLabel = "N", defaultValue = "1",
            description = "Rows of each sequence, a tree if more than one; default: ${DEFAULT-VALUE}")
    private int rows;

    @Option(names = "--sequences", paramLabel = "N", defaultValue = "1",
            description = "Sequences of a forward; default: ${DEFAULT-VALUE}")
    private int sequences;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "20",
            description = "Forwards with the profiler, and as many without; default: ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--shapes", description = "Tell inputs of other shapes apart")
    private boolean shapes;

    @Option(names = "--lines", paramLabel = "N", defaultValue = "25",
            description = "Operators in the table; default: ${DEFAULT-VALUE}")
    private int lines;

    @Mixin
    private DeviceOptions place = new DeviceOptions();

    @Override
    public Integer call() throws IOException {
        TorchDevice device = this.place.device();
        Precision precision = this.place.precision(device);
        double speed = ReadSpeed.bytesPerSecond(device);
        ModelDirectory directory = ModelDirectory.open(this.model);
        ModelConfig config = directory.config();
        Path trace = Files.createTempFile("cerberus-operators-", ".json");
        List<KvCache> caches = new ArrayList<>();
        try (Checkpoint checkpoint = directory.openCheckpoint();
                DjlTargetModel target = DjlTargetModel.load(config, checkpoint, this.context + this.rows, device,
                        precision)) {
            try {
                Times times = measure(target, caches, trace);
                print(OperatorTimes.read(trace, this.shapes), times);
                long weights = StepsCommand.bytesRead(config, precision);
                long cached = (long) this.sequences * this.context * target.cacheBytesPerToken();
                floor("weights", weights, speed);
                floor("keys and values", cached, speed);
            }
            finally {
                caches.forEach(KvCache::close);
            }
        }
        finally {
            Files.delete(trace);
        }
        return 0;
    }

    private Times measure(DjlTargetModel target, List<KvCache> caches, Path trace) {
        RandomTrees random = new RandomTrees(target.dimensions().vocabularySize());
        while (caches.size() < this.sequences) {
            KvCache cache = target.newCache(this.context + this.rows);
            caches.add(cache);
            target.prefill(cache, random.tokens(this.context)).close();
        }
        Runnable step = () -> step(target, caches, random);
        Times times = Times.of(WARM_UPS, this.runs, step);
        JniUtils.startProfile(false, this.shapes, false);
        for (int i = 0; i < this.runs; i++) {
            step.run();
        }
        JniUtils.stopProfile(trace.toString());
        return times;
    }

    private void step(DjlTargetModel target, List<KvCache> caches, RandomTrees random) {
        List<Span> spans = new ArrayList<>();
        caches.forEach((cache) -> spans.add(new Span.Tree(cache, random.tree(this.rows))));
        List<NodeScores> scores = target.forward(spans);
        scores.forEach((each) -> each.argmax(0));
        scores.forEach(NodeScores::close);
    }

    private void print(OperatorTimes operators, Times times) {
        PrintWriter out = this.spec.commandLine().getOut();
        out.printf(Locale.ROOT,
                "%d x %d rows behind %d tokens: median %.2f ms, lowest %.2f ms of %d, %.2f ms profiled%n",
                this.sequences, this.rows, this.context, times.median(), times.sorted()[0], times.count(),
                operators.micros() / this.runs * 1e-3);
        out.printf(Locale.ROOT, "%8s %8s %6s  %s%n", "ms", "calls", "share", "operator");
        double whole = operators.micros();
        operators.totals()
            .stream()
            .limit(this.lines)
            .forEach((each) -> out.printf(Locale.ROOT, "%8.3f %8.1f %5.1f%%  %s%n", each.micros() / this.runs * 1e-3,
                    (double) each.calls() / this.runs, 100 * each.micros() / whole, each.operator()));
        OperatorTimes.Total rest = operators.totals()
            .stream()
            .skip(this.lines)
            .reduce(new OperatorTimes.Total("", 0, 0), OperatorTimes.Total::plus);
        out.printf(Locale.ROOT, "%8.3f %8.1f %5.1f%%  all others%n", rest.micros() / this.runs * 1e-3,
                (double) rest.calls() / this.runs, 100 * rest.micros() / whole);
    }

    private void floor(String what, long bytes, double speed) {
        this.spec.commandLine()
            .getOut()
            .printf(Locale.ROOT, "floor: %s, %.1f MB read at %.1f GB/s, %.2f ms%n", what, bytes * 1e-6, speed * 1e-9,
                    bytes / speed * 1e3);
    }

}
