package dev.cerberus.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.training.TrainingOptions.Distillation;

import static org.assertj.core.api.Assertions.assertThat;

class SelfDistillationTests {

    private static final int MAX_NEW = 24;

    private static final int SLOTS = 16;

    @TempDir
    private Path directory;

    private Path model;

    private int loads;

    @BeforeEach
    void writeModel() throws IOException {
        this.model = Files.createDirectory(this.directory.resolve("model"));
        TinyModels.write(TinyModels.names().get(0), this.model);
    }

    @Test
    void littleTextIsLittleWork() {
        List<Path> files = run(1000, 0.5, prompts(300));
        assertThat(files.stream().mapToLong(SelfDistillationTests::tokens).sum()).isBetween(1000L, 1500L);
    }

    @Test
    void moreTextBeginsWithTheTextThatIsThere() throws IOException {
        List<Path> some = run(1000, 0.5, prompts(300));
        byte[] first = Files.readAllBytes(some.get(0));
        byte[] last = Files.readAllBytes(some.get(some.size() - 1));
        List<Path> more = run(3000, 0.5, prompts(300));
        assertThat(more).hasSizeGreaterThan(some.size()).startsWith(some.toArray(new Path[0]));
        assertThat(this.loads).isEqualTo(2);
        assertThat(some.get(0)).hasBinaryContent(first);
        assertThat(some.get(some.size() - 1)).hasBinaryContent(last);
        run(3000, 0.5, prompts(300));
        assertThat(this.loads).isEqualTo(2);
    }

    @Test
    void filesAreTheSameWhateverWasWantedFirst() throws IOException {
        List<Path> atOnce = run(3000, 0.5, prompts(300));
        List<byte[]> contents = new ArrayList<>();
        for (Path file : atOnce) {
            contents.add(Files.readAllBytes(file));
            Files.delete(file);
        }
        run(1000, 0.5, prompts(300));
        List<Path> inSteps = run(3000, 0.5, prompts(300));
        assertThat(inSteps).isEqualTo(atOnce);
        for (int i = 0; i < contents.size(); i++) {
            assertThat(inSteps.get(i)).hasBinaryContent(contents.get(i));
        }
    }

    @Test
    void everyPromptIsContinuedBeforeOneIsContinuedAgain() {
        List<Path> files = run(1000, 0.5, prompts(20));
        assertThat(files.stream().mapToInt(SelfDistillationTests::sequences).sum()).isGreaterThanOrEqualTo(40);
        assertThat(sequences(files.get(0))).isEqualTo(8);
    }

    @Test
    void whatIsAlwaysGreedyIsContinuedOnce() {
        List<Path> files = run(1000, 0, prompts(20));
        assertThat(files.stream().mapToInt(SelfDistillationTests::sequences).sum()).isEqualTo(20);
    }

    @Test
    void dataThatGaveAllThatItCanNeedsNoModelAgain() {
        List<Path> files = run(1000, 0, prompts(20));
        assertThat(files.stream().mapToLong(SelfDistillationTests::tokens).sum()).isLessThan(1000);
        assertThat(run(1000, 0, prompts(20))).isEqualTo(files);
        assertThat(this.loads).isOne();
    }

    @Test
    void filesOfAWideModelStaySmallEnoughToBeWritten() {
        int sequences = DistilledFile.sequencesOf(2048, 8192);
        assertThat(2L * sequences * 2048 * 8192).isLessThan(1L << 30);
        assertThat(DistilledFile.sequencesOf(100_000, 16_384)).isOne();
        assertThat(DistilledFile.sequencesOf(24, 16)).isGreaterThan(256);
    }

    private static List<int[]> prompts(int count) {
        return IntStream.range(0, count).mapToObj((i) -> new int[] { 4 + i % 90, 5 + i / 90 }).toList();
    }

    private List<Path> run(int tokens, double sampledShare, List<int[]> prompts) {
        Distillation options = new Distillation(tokens, 64, MAX_NEW, sampledShare, 0.7, SLOTS, true, false, false);
        SelfDistillation distillation = new SelfDistillation(options, prompts, Set.of(3), 60, 16, 1,
                this.directory.resolve("work"), "tiny fp32");
        ModelConfig config = ModelConfig.read(this.model);
        try (Checkpoint checkpoint = Checkpoint.open(this.model);
                LazyTarget target = new LazyTarget(
                        () -> DjlTargetModel.load(config, checkpoint, 60, TorchDevice.of("cpu"), Precision.FP32))) {
            return distillation.run(() -> {
                this.loads++;
                return new TextWriter(target.get(), SLOTS, 1 << 20, MAX_NEW, Set.of(3));
            });
        }
    }

    private static long tokens(Path file) {
        try (Safetensors tensors = Safetensors.open(file)) {
            return tensors.info("tokens").elements();
        }
    }

    private static int sequences(Path file) {
        try (Safetensors tensors = Safetensors.open(file)) {
            return (int) tensors.info("ends").elements();
        }
    }

}
