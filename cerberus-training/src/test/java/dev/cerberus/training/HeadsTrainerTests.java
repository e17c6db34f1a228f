package dev.cerberus.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.djl.DjlDraftHeads;
import dev.cerberus.djl.DjlTargetModel;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.GenerationResult;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateMode;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HalfFloats;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.hf.Safetensors;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorInfo;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.TestData;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.training.TrainingOptions.Distillation;
import dev.cerberus.training.TrainingOptions.HeadsShape;
import dev.cerberus.training.TrainingOptions.LmHead;
import dev.cerberus.training.TrainingOptions.Optimization;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class HeadsTrainerTests {

    @TempDir
    private Path directory;

    @BeforeEach
    void prepare() throws IOException {
        TinyModels.writeWithTokenizer("llama", Files.createDirectory(this.directory.resolve("model")));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append("{\"prompt\": \"question ").append(i).append("\"}\n");
        }
        Files.writeString(this.directory.resolve("prompts.jsonl"), lines);
    }

    @ParameterizedTest
    @EnumSource(HeadsKind.class)
    void trainWhenItGoesOnLearnsTheTextAndWritesHeads(HeadsKind kind) {
        HeadsShape shape = HeadsShape.of(kind);
        TrainingReport beginning = HeadsTrainer.train(options("beginning.safetensors", shape, steps(5), false, false));
        TrainingReport report = HeadsTrainer.train(options("heads.safetensors", shape, steps(300), false, false));
        assertThat(report.loss()).isLessThan(0.93 * beginning.loss());
        HeadsFile file = HeadsFile.read(this.directory.resolve("heads.safetensors"));
        assertThat(file.description()).isEqualTo(report.heads());
        assertThat(file.metadata()).containsEntry("kind", kind.id())
            .containsEntry("trained_steps", "300")
            .containsKeys("version_djl", "seed", "training_loss", "accuracy_head_4", "data");
        try (Checkpoint checkpoint = Checkpoint.open(this.directory.resolve("model"))) {
            file.requireTarget(ModelConfig.read(this.directory.resolve("model")), checkpoint);
        }
    }

    @Test
    void memoryHoldsWhatTheModelAnswersAndDraftsLookItUp() {
        Path model = this.directory.resolve("model");
        HeadsTrainer.train(new TrainingOptions(model.toString(), List.of(this.directory.resolve("prompts.jsonl")),
                model.resolve("cerberus-heads.safetensors"), this.directory.resolve("work"),
                HeadsShape.of(HeadsKind.CERBERUS), new Distillation(3000, 64, 48, 0.1, 0.7, 8, true, false), steps(5),
                "cpu", "fp32", false));
        int tokens = MemoryMaker
            .make(new MemoryMaker.Options(model.toString(), List.of(this.directory.resolve("prompts.jsonl")),
                    model.resolve("cerberus-memory.safetensors"), this.directory.resolve("work"),
                    new Distillation(3000, 64, 48, 0.1, 0.7, 8, true, false), 1, "cpu", "fp32"));
        assertThat(tokens).isBetween(1000, 4000);
        EngineOptions.Builder options = EngineOptions.builder(model.toString()).precision("fp32");
        List<GenerationResult> plain;
        try (CerberusEngine engine = CerberusEngine
            .open(options.memory(new EngineOptions.MemoryOptions(false, Optional.empty())).build())) {
            assertThat(engine.description().memoryTokens()).isZero();
            plain = answers(engine);
        }
        try (CerberusEngine engine = CerberusEngine.open(options.memory(EngineOptions.MemoryOptions.DEFAULT).build())) {
            assertThat(engine.description().memoryTokens()).isEqualTo(tokens);
            List<GenerationResult> remembered = answers(engine);
            assertThat(remembered).extracting(GenerationResult::tokens)
                .containsExactlyElementsOf(plain.stream().map(GenerationResult::tokens).toList());
            assertThat(accepted(remembered)).isGreaterThan(accepted(plain) + 40);
        }
    }

    private static List<GenerationResult> answers(CerberusEngine engine) {
        return IntStream.range(0, 10)
            .mapToObj((i) -> engine.generate(GenerationRequest.greedy(new Prompt.Raw("question " + i), 48)
                .withGate(GateOptions.DEFAULT.withMode(GateMode.ALWAYS))))
            .toList();
    }

    private static int accepted(List<GenerationResult> results) {
        return results.stream().mapToInt((result) -> result.statistics().acceptedDraftTokens()).sum();
    }

    @Test
    void trainWhenLabelsAreSoftLearnsTheText() {
        HeadsShape shape = HeadsShape.of(HeadsKind.CERBERUS);
        TrainingReport beginning = HeadsTrainer.train(options("beginning.safetensors", shape, steps(5), true, false));
        TrainingReport report = HeadsTrainer.train(options("heads.safetensors", shape, steps(300), true, false));
        assertThat(report.loss()).isLessThan(0.97 * beginning.loss());
    }

    @Test
    void trainOnStoriesForeseesMoreThanAThirdOfTheTokens() {
        TrainingOptions options = new TrainingOptions(TestData.require("models/stories260K").toString(),
                List.of(TestData.require("text/tinystories.txt")), this.directory.resolve("stories.safetensors"),
                this.directory.resolve("work"), HeadsShape.of(HeadsKind.CERBERUS),
                new Distillation(20_000, 64, 64, 0.5, 0.7, 32, false, false),
                new Optimization(OptionalInt.of(250), 1, 256, OptionalDouble.of(6e-3), 0.8, 1000, 0, 1000, 1), "cpu",
                "fp32", false);
        double[][] accuracy = HeadsTrainer.train(options).accuracy();
        assertThat(accuracy[0][0]).isGreaterThan(0.33);
        assertThat(accuracy[3][0]).isGreaterThan(0.08).isLessThan(accuracy[0][0]);
    }

    static List<HeadsShape> shapes() {
        return List.of(shape(HeadsKind.CERBERUS, true, true, 2, LmHead.SHARED, 0),
                shape(HeadsKind.CERBERUS, true, true, 1, LmHead.SHARED, 6),
                shape(HeadsKind.CERBERUS, false, true, 3, LmHead.TUNED, 4),
                shape(HeadsKind.CERBERUS, true, false, 2, LmHead.OWN, 0),
                shape(HeadsKind.MEDUSA, false, true, 2, LmHead.OWN, 5),
                shape(HeadsKind.HYDRA, true, true, 2, LmHead.SHARED, 0));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void fileWhenWrittenDraftsWithTheProbabilitiesThatWereTrained(HeadsShape shape) {
        Path model = this.directory.resolve("model");
        ModelConfig config = ModelConfig.read(model);
        int[] vocabulary = IntStream.range(0, TinyModels.VOCABULARY).filter((token) -> token % 3 != 0).toArray();
        HeadsDescription heads = new HeadsDescription(shape.kind(), shape.root(),
                shape.kind() == HeadsKind.CERBERUS && shape.linked(), shape.output() == LmHead.OWN, 3,
                shape.layerCount(), config.hiddenSize(), vocabulary.length, shape.rank(config.hiddenSize()));
        double hiddenRms = (shape.kind() == HeadsKind.MEDUSA) ? 1 : 1.7;
        double embeddingRms = 0.4;
        HeadsParameters layout = new HeadsParameters(heads, hiddenRms, embeddingRms);
        try (Checkpoint checkpoint = Checkpoint.open(model);
                DjlTargetModel target = DjlTargetModel.load(config, checkpoint, 64, TorchDevice.of("cpu"),
                        Precision.FP32)) {
            int[] all = IntStream.range(0, TinyModels.VOCABULARY).toArray();
            float[] embeddings = TargetRows.read(checkpoint, "model.embed_tokens.weight", all);
            List<float[]> weights = layout
                .initial(TargetRows.read(checkpoint, "model.embed_tokens.weight", vocabulary));
            SplittableRandom random = new SplittableRandom(3);
            for (int w = 0; w < weights.size(); w++) {
                boolean bias = heads.kind() != HeadsKind.MEDUSA && w % 2 == 1
                        && w < weights.size() - ((heads.transitionRank() > 0) ? 3 : 1);
                for (int i = 0; i < weights.get(w).length; i++) {
                    // has no bias
                    boolean residual = bias && (i / heads.hiddenSize()) % 2 == 0;
                    weights.get(w)[i] += residual ? 0 : (float) (0.1 * random.nextGaussian());
                }
            }
            SafetensorsWriter writer = new SafetensorsWriter().metadata("format", HeadsFile.FORMAT)
                .metadata("kind", heads.kind().id())
                .metadata("condition", heads.condition())
                .metadata("links", Boolean.toString(heads.linked()))
                .metadata("lm_head", heads.ownLmHead() ? "own" : "shared")
                .metadata("transition_rank", Integer.toString(heads.transitionRank()))
                .metadata("heads", "3")
                .metadata("layers", Integer.toString(heads.layers()))
                .metadata("hidden_size", Integer.toString(heads.hiddenSize()))
                .metadata("vocab_size", Integer.toString(TinyModels.VOCABULARY));
            layout.write(weights, vocabulary, false, writer);
            Path path = this.directory.resolve("heads.safetensors");
            writer.write(path);

            for (int i = 0; i < embeddings.length; i++) {
                embeddings[i] /= (float) embeddingRms;
            }
            try (KvCache cache = target.newCache(20);
                    NodeScores scores = target.prefill(cache, new int[] { 4, 5, 6 });
                    DjlDraftHeads draftHeads = DjlDraftHeads.load(HeadsFile.read(path), OptionalInt.empty(), config,
                            checkpoint, target);
                    HeadsLearner learner = new HeadsLearner(heads, NDManager.newBaseManager(), false, true, weights,
                            embeddings, hiddenRms)) {
                DraftTree tree = draftHeads.propose(new DraftRoot(scores, 0, 50, 3, SamplingOptions.GREEDY, false, 3))
                    .draft(DraftLimits.of(TreeShape.parse("0,0,0;")));
                int[] path3 = tree.best(3).tokens();
                ByteBuffer hidden = ByteBuffer.allocateDirect(2 * heads.hiddenSize()).order(ByteOrder.LITTLE_ENDIAN);
                for (float value : scores.hidden(0)) {
                    hidden.putShort(HalfFloats.toBFloat16(value));
                }
                long[] roots = (heads.kind() == HeadsKind.HYDRA) ? new long[] { 50, path3[1], path3[2] }
                        : new long[] { 50 };
                long[] labels = Arrays.stream(path3, 1, 4)
                    .mapToLong((token) -> Arrays.binarySearch(vocabulary, token))
                    .toArray();
                long[] parents = (heads.transitionRank() > 0) ? Arrays.copyOf(labels, 2) : new long[0];
                float[][] measured = learner
                    .measure(new HeadsLearner.Batch(hidden.flip(), roots, labels, new float[] { 1, 1, 1 }, parents));
                double before = 1;
                for (int head = 0; head < 3; head++) {
                    double drafted = tree.pathProbability(head) / before;
                    assertThat(Math.exp(-measured[head][0])).as("head %d", head + 1)
                        .isCloseTo(drafted, within(0.02 * drafted + 0.005));
                    before = tree.pathProbability(head);
                }
            }
        }
    }

    @Test
    void resumeWhenTheProcessWasKilledGivesTheSameHeads() throws IOException, InterruptedException {
        TrainingOptions whole = options("whole.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(240), false,
                false);
        HeadsTrainer.train(whole);

        killOnceThereIs(this.directory.resolve("work/checkpoint-cerberus-killed.safetensors"), "killed.safetensors",
                "work");
        assertThat(this.directory.resolve("killed.safetensors")).doesNotExist();

        HeadsTrainer.train(inProcess(this.directory, "killed.safetensors", "work", true));
        HeadsFile expected = HeadsFile.read(this.directory.resolve("whole.safetensors"));
        HeadsFile resumed = HeadsFile.read(this.directory.resolve("killed.safetensors"));
        assertThat(resumed.metadata()).isEqualTo(expected.metadata());
        for (int head = 0; head < 4; head++) {
            for (int layer = 0; layer < expected.description().layers(); layer++) {
                assertThat(resumed.blockWeight(head, layer).floats())
                    .containsExactly(expected.blockWeight(head, layer).floats());
                assertThat(resumed.blockResidual(head, layer).floats())
                    .containsExactly(expected.blockResidual(head, layer).floats());
            }
        }
    }

    @Test
    void distillationWhenTheProcessWasKilledGoesOnAndGivesTheSameText() throws IOException, InterruptedException {
        HeadsTrainer.train(inProcess(this.directory, "whole.safetensors", "work", false));
        List<Path> whole = parts("work");
        Path first = this.directory.resolve("killed").resolve(this.directory.resolve("work").relativize(whole.get(0)));

        killOnceThereIs(first, "killed.safetensors", "killed");
        assertThat(parts("killed")).isNotEmpty().hasSizeLessThan(whole.size());
        FileTime before = Files.getLastModifiedTime(first);

        HeadsTrainer.train(inProcess(this.directory, "killed.safetensors", "killed", true));
        assertThat(Files.getLastModifiedTime(first)).isEqualTo(before);
        List<Path> resumed = parts("killed");
        assertThat(resumed).hasSameSizeAs(whole);
        for (int i = 0; i < whole.size(); i++) {
            assertSameText(resumed.get(i), whole.get(i));
        }
        assertThat(HeadsFile.read(this.directory.resolve("killed.safetensors")).description())
            .isEqualTo(HeadsFile.read(this.directory.resolve("whole.safetensors")).description());
    }

    /*
     * Two processes agree on every token; the states, rounded to bf16, may differ in
     * their last bit, since libtorch does not promise one order of summation.
     */
    private static void assertSameText(Path actual, Path expected) {
        try (Safetensors one = Safetensors.open(actual); Safetensors other = Safetensors.open(expected)) {
            assertThat(one.data("tokens")).isEqualTo(other.data("tokens"));
            assertThat(one.data("ends")).isEqualTo(other.data("ends"));
            float[] states = one.floats("hidden");
            float[] expectedStates = other.floats("hidden");
            assertThat(states).hasSameSizeAs(expectedStates);
            for (int i = 0; i < states.length; i++) {
                assertThat(states[i]).isCloseTo(expectedStates[i], within(0.01f * Math.abs(expectedStates[i]) + 1e-4f));
            }
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the size of files is limited by a Linux shell")
    void trainWhenTheDiskIsFullSaysSoAndKeepsTheOldHeads() throws IOException, InterruptedException {
        Path heads = this.directory.resolve("heads.safetensors");
        HeadsTrainer.train(inProcess(this.directory, "heads.safetensors", "work", false));
        byte[] before = Files.readAllBytes(heads);
        List<String> limited = new ArrayList<>(
                List.of("bash", "-c", "ulimit -f " + before.length / 2048 + "; exec \"$@\"", "bash"));
        limited.addAll(process("heads.safetensors", "work"));

        Process process = new ProcessBuilder(limited).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(1);
        assertThat(said).contains("cannot be written", "File too large", "what was there before is unchanged",
                "free space");
        assertThat(Files.readAllBytes(heads)).isEqualTo(before);
        try (var files = Files.walk(this.directory)) {
            assertThat(files).noneMatch((file) -> file.getFileName().toString().endsWith(".tmp"));
        }
    }

    private List<String> process(String out, String work) {
        return List.of(ProcessHandle.current().info().command().orElse("java"), "-XX:-UsePerfData", "-cp",
                System.getProperty("java.class.path"), "-Dai.djl.offline=true", TrainingProcess.class.getName(),
                this.directory.toString(), out, work);
    }

    private void killOnceThereIs(Path file, String out, String work) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(process(out, work)).redirectErrorStream(true)
            .redirectOutput(this.directory.resolve("process.log").toFile())
            .start();
        try {
            while (process.isAlive() && !Files.exists(file)) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertThat(process.isAlive()).as(Files.readString(this.directory.resolve("process.log"))).isTrue();
        }
        finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void resumeWhenOptionsDifferFromTheCheckpointsNamesTheOption() {
        HeadsTrainer.train(options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(20), false, false));
        TrainingOptions other = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(30), false, true);
        assertThatThrownBy(() -> HeadsTrainer.train(other)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("steps 20, this one has 30");
    }

    @Test
    void stepWhenTheLossIsNotFiniteLeavesTheParametersAlone() {
        HeadsDescription heads = new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 2, 2, 4, 5);
        HeadsParameters layout = new HeadsParameters(heads, 1, 1);
        float[] rows = new float[20];
        Arrays.fill(rows, 0.1f);
        try (HeadsLearner learner = new HeadsLearner(heads, NDManager.newBaseManager(), false, false,
                layout.initial(rows), rows, 1)) {
            List<float[]> before = learner.state();
            ByteBuffer hidden = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
            hidden.putShort(HalfFloats.toBFloat16(Float.NaN)).putShort((short) 0).putInt(0);
            float[] result = learner.step(new HeadsLearner.Batch(hidden.flip(), new long[] { 1 }, new long[] { 2, 3 },
                    new float[] { 1, 1 }, new long[0]), new float[] { 0.1f, 0.1f, 1, 0 });
            assertThat(result[0]).isNaN();
            List<float[]> after = learner.state();
            for (int i = 0; i < before.size(); i++) {
                assertThat(after.get(i)).containsExactly(before.get(i));
            }
        }
    }

    @Test
    void trainWhenTheLossIsNotFiniteSaysAtWhichStepAndKeepsTheOldHeads() throws IOException {
        Path model = this.directory.resolve("model");
        TrainingOptions options = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS),
                new Optimization(OptionalInt.of(50), 1, 32, OptionalDouble.empty(), 0.8, 25, 0, 10, 1), false, false);
        HeadsTrainer.train(options);
        byte[] before = Files.readAllBytes(this.directory.resolve("heads.safetensors"));
        for (Path part : parts("work")) {
            loseStates(part);
        }
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("at step 1")
            .hasMessageContaining("--learning-rate");
        assertThat(Files.readAllBytes(this.directory.resolve("heads.safetensors"))).isEqualTo(before);
    }

    /** Replaces the hidden states of distilled text by what is not a number. */
    private static void loseStates(Path part) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "cerberus-distilled");
        try (Safetensors text = Safetensors.open(part)) {
            for (String name : text.names()) {
                TensorInfo info = text.info(name);
                ByteBuffer bytes = ByteBuffer.allocate(text.data(name).remaining()).order(ByteOrder.LITTLE_ENDIAN);
                bytes.put(text.data(name)).flip();
                for (int i = 0; name.equals("hidden") && i < bytes.limit(); i += Short.BYTES) {
                    bytes.putShort(i, HalfFloats.toBFloat16(Float.NaN));
                }
                writer.add(name, info.dtype(), info.dimensions(), bytes);
            }
        }
        writer.write(part);
    }

    @Test
    void textOfAModelThatHasLostItsNumbersIsNotWritten() {
        Path model = this.directory.resolve("model");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            for (String name : checkpoint.names()) {
                float[] values = checkpoint.floats(name);
                if (name.equals("model.norm.weight")) {
                    Arrays.fill(values, 1e38f); // hidden states overflow
                }
                writer.add(name, checkpoint.info(name).dtype(), checkpoint.info(name).dimensions(), values);
            }
            writer.write(model.resolve("model.safetensors"));
        }
        TrainingOptions options = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(5), false,
                false);
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(ModelException.class)
            .hasMessageContaining("are not numbers");
    }

    @Test
    void distillationWhenDoneAlreadyIsNotRepeated() throws IOException {
        HeadsTrainer.train(options("one.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(20), false, false));
        List<Path> parts = parts("work");
        List<Object> times = new ArrayList<>();
        for (Path part : parts) {
            times.add(Files.getLastModifiedTime(part));
        }
        HeadsTrainer.train(options("two.safetensors", HeadsShape.of(HeadsKind.MEDUSA), steps(20), false, false));
        assertThat(parts("work")).isEqualTo(parts);
        for (int i = 0; i < parts.size(); i++) {
            assertThat(Files.getLastModifiedTime(parts.get(i))).isEqualTo(times.get(i));
        }
    }

    @Test
    void transitionRankThatIsImpossibleIsRefusedBeforeTextIsWritten() {
        HeadsShape wide = shape(HeadsKind.CERBERUS, true, true, 1, LmHead.SHARED, 10_000);
        assertThatThrownBy(() -> HeadsTrainer.train(options("wide.safetensors", wide, steps(20), false, false)))
            .isInstanceOf(TrainingException.class)
            .hasMessageContaining("at most " + ModelConfig.read(this.directory.resolve("model")).hiddenSize())
            .hasMessageContaining("was 10000");
        assertThat(this.directory.resolve("work")).doesNotExist();
        assertThatThrownBy(() -> shape(HeadsKind.HYDRA, true, true, 1, LmHead.SHARED, 4))
            .isInstanceOf(TrainingException.class)
            .hasMessageContaining("--transition-rank");
    }

    @Test
    void aSingleHeadLearnsWithoutTransitions() {
        HeadsShape one = new HeadsShape(HeadsKind.CERBERUS, Optional.empty(), true, 1, OptionalInt.empty(), 0,
                Optional.empty(), OptionalInt.of(4), 1.5);
        TrainingReport report = HeadsTrainer.train(options("one-head.safetensors", one, steps(20), false, false));
        assertThat(report.heads().transitionRank()).isZero();
        assertThat(HeadsFile.read(report.file()).temperature()).isEqualTo(1.5);
    }

    private List<Path> parts(String work) throws IOException {
        try (var files = Files.walk(this.directory.resolve(work))) {
            return files.filter((file) -> file.getFileName().toString().startsWith("part-")).sorted().toList();
        }
    }

    private static HeadsShape shape(HeadsKind kind, boolean root, boolean linked, int layers, LmHead lmHead, int rank) {
        return new HeadsShape(kind, Optional.of(root), linked, 3, OptionalInt.of(layers), 0, Optional.of(lmHead),
                OptionalInt.of(rank), 1);
    }

    static Optimization steps(int steps) {
        return new Optimization(OptionalInt.of(steps), 1, 32, OptionalDouble.empty(), 0.8, 100, 0, 20, 1);
    }

    static TrainingOptions inProcess(Path directory, String out, String work, boolean resume) {
        return options(directory, out, work, HeadsShape.of(HeadsKind.CERBERUS), steps(240), false, resume);
    }

    private TrainingOptions options(String out, HeadsShape shape, Optimization optimization, boolean soft,
            boolean resume) {
        return options(this.directory, out, "work", shape, optimization, soft, resume);
    }

    private static TrainingOptions options(Path directory, String out, String work, HeadsShape shape,
            Optimization optimization, boolean soft, boolean resume) {
        return new TrainingOptions(directory.resolve("model").toString(), List.of(directory.resolve("prompts.jsonl")),
                directory.resolve(out), directory.resolve(work), shape,
                new Distillation(2000, 64, 24, 0.5, 0.7, 8, false, soft), optimization, "cpu", "fp32", resume);
    }

}
