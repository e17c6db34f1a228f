package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.tree.CandidateTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that compares a model's logits with those of another implementation.
 */
@Command(name = "golden", mixinStandardHelpOptions = true, sortOptions = false,
        description = { "Compares logits with those of another implementation.",
                "Exits with 1 if they are too far off: a difference of 1e-4 or another best token in fp32, in bf16 and "
                        + "fp16 a relative one of 1e-2 or more than 16 of 596 other best tokens." })
final class GoldenCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, paramLabel = "DIR", description = "The model directory")
    private Path model = Path.of("");

    @Option(names = "--reference", required = true, paramLabel = "FILE",
            description = "Texts as JSON lines; their logits lie beside it in a file of the same name ending in .f32")
    private Path reference = Path.of("");

    @Mixin
    private DeviceOptions place = new DeviceOptions();

    @Override
    public Integer call() throws IOException {
        ModelConfig config = ModelConfig.read(this.model);
        ReferenceLogits expected = ReferenceLogits.read(this.reference, config.vocabularySize());
        TorchDevice device = this.place.device();
        Precision precision = this.place.precision(device);
        LogitDistance distance = new LogitDistance();
        try (ResultLog log = this.place.log(this.spec, String.valueOf(this.model.getFileName()), device, precision);
                Checkpoint checkpoint = Checkpoint.open(this.model);
                DjlTargetModel target = DjlTargetModel.load(config, checkpoint, config.maxPositions(), device,
                        precision)) {
            for (ReferenceLogits.Text text : expected.texts()) {
                compare(target, text, distance);
            }
            boolean close = distance.isClose(precision);
            log.say("golden",
                    precision + " on " + device.name() + ": max |d| "
                            + String.format(Locale.ROOT, "%.3g", distance.largest()) + ", relative "
                            + String.format(Locale.ROOT, "%.3g", distance.relative()) + ", top-1 " + distance.same()
                            + " of " + distance.rows() + (close ? ", close enough" : ", TOO FAR OFF"),
                    Map.of("max", distance.largest(), "relative", distance.relative(), "top1", distance.same(), "n",
                            distance.rows(), "close", close));
            return close ? 0 : 1;
        }
    }

    private static void compare(DjlTargetModel target, ReferenceLogits.Text text, LogitDistance distance) {
        try (KvCache cache = target.newCache(text.tokens().length)) {
            for (int token : text.tokens()) {
                try (NodeScores scores = target.forward(cache, CandidateTree.rootOnly(token))) {
                    cache.commit(RandomTrees.root());
                    distance.add(scores.logits(0), text.logits());
                }
            }
        }
    }

}
