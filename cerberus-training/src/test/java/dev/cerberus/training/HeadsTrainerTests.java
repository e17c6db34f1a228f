package dev.cerberus.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
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
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorInfo;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TestData;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.training.TrainingOptions.Distillation;
import dev.cerberus.training.TrainingOptions.HeadsShape;
import dev.cerberus.training.TrainingOptions.LmHead;
import dev.cerberus.training.TrainingOptions.Optimization;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class HeadsTrainerTests extends AbstractHeadsTrainerTests {

    @ParameterizedTest
    @EnumSource(HeadsKind.class)
    void trainWhenItGoesOnLearnsTheTextAndWritesHeads(HeadsKind kind) {
        HeadsShape shape = HeadsShape.of(kind);
        TrainingReport beginning = HeadsTrainer.train(options("beginning.safetensors", shape, steps(5), false, false));
        TrainingReport report = HeadsTrainer.train(options("heads.safetensors", shape, steps(300), false, false));
        assertThat(report.loss()).isLessThan(0.93 * beginning.loss());
        HeadsFile file = HeadsFile.read(directory().resolve("heads.safetensors"));
        assertThat(file.description()).isEqualTo(report.heads());
        assertThat(file.metadata()).containsEntry("kind", kind.id())
            .containsEntry("trained_steps", "300")
            .containsKeys("version_djl", "seed", "training_loss", "accuracy_head_4", "data");
        try (Checkpoint checkpoint = Checkpoint.open(directory().resolve("model"))) {
            file.requireTarget(ModelConfig.read(directory().resolve("model")), checkpoint);
        }
    }

    @Test
    void memoryHoldsWhatTheModelAnswersAndDraftsLookItUp() {
        Path model = directory().resolve("model");
        HeadsTrainer.train(new TrainingOptions(model.toString(), List.of(directory().resolve("prompts.jsonl")),
                model.resolve("cerberus-heads.safetensors"), directory().resolve("work"),
                HeadsShape.of(HeadsKind.CERBERUS), new Distillation(3000, 64, 48, 0.1, 0.7, 8, true, false, false),
                steps(5), "cpu", "fp32", false));
        int tokens = MemoryMaker
            .make(new MemoryMaker.Options(model.toString(), List.of(directory().resolve("prompts.jsonl")),
                    model.resolve("cerberus-memory.safetensors"), directory().resolve("work"),
                    new Distillation(3000, 64, 48, 0.1, 0.7, 8, true, false, false), 1, "cpu", "fp32"));
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
                List.of(TestData.require("text/tinystories.txt")), directory().resolve("stories.safetensors"),
                directory().resolve("work"), HeadsShape.of(HeadsKind.CERBERUS),
                new Distillation(20_000, 64, 64, 0.5, 0.7, 32, false, false, false),
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
        Path model = directory().resolve("model");
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
            Path path = directory().resolve("heads.safetensors");
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
        Path model = directory().resolve("model");
        TrainingOptions options = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS),
                new Optimization(OptionalInt.of(50), 1, 32, OptionalDouble.empty(), 0.8, 25, 0, 10, 1), false, false);
        HeadsTrainer.train(options);
        byte[] before = Files.readAllBytes(directory().resolve("heads.safetensors"));
        for (Path part : parts("work")) {
            loseStates(part);
        }
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("at step 1")
            .hasMessageContaining("--learning-rate");
        assertThat(Files.readAllBytes(directory().resolve("heads.safetensors"))).isEqualTo(before);
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
    void checkpointOfOtherTextIsNotGoneOnWith() throws IOException {
        TrainingOptions given = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(20), false, true);
        Path answers = directory().resolve("answers.jsonl");
        TrainingOptions options = new TrainingOptions(given.model(), List.of(answers), given.out(), given.work(),
                given.shape(), new Distillation(9600, 64, 60, 0.5, 0.7, 8, false, false, true), given.optimization(),
                given.device(), given.precision(), true);
        writeAnswers(answers, 5);
        HeadsTrainer.train(options);
        HeadsTrainer.train(options);
        if (OS.LINUX.isCurrentOs()) { // Windows could not replace it
            assertThat(Files.readString(Path.of("/proc/self/maps"))).as("files that are mapped")
                .contains("part-00000")
                .doesNotContain("checkpoint-");
        }
        writeAnswers(answers, 6);
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(TrainingException.class)
            .hasMessageContaining("is of a training with text distilled-")
            .hasMessageContaining("--resume");
    }

    private static void writeAnswers(Path file, int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 160; i++) {
            lines.append("{\"prompt\": \"a\", \"tokens\": ")
                .append(IntStream.range(0, 20).mapToObj((k) -> random.nextInt(3, 90)).toList())
                .append("}\n");
        }
        Files.writeString(file, lines);
    }

    @Test
    void damagedTextAndCheckpointsSayWhatHelps() throws IOException {
        TrainingOptions options = options("heads.safetensors", HeadsShape.of(HeadsKind.CERBERUS), steps(20), false,
                true);
        HeadsTrainer.train(options);
        byte[] heads = Files.readAllBytes(options.out());
        Path checkpoint = checkpoint(options);
        cut(checkpoint);
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(TrainingException.class)
            .hasMessageContaining(checkpoint.toString())
            .hasMessageContaining("--resume")
            .hasMessageNotContaining("fetch");
        Path part = parts("work").get(1);
        cut(part);
        assertThatThrownBy(() -> HeadsTrainer.train(options)).isInstanceOf(TrainingException.class)
            .hasMessageContaining(part.toString())
            .hasMessageContaining("delete the file")
            .hasMessageNotContaining("fetch");
        Files.delete(part);
        Files.delete(checkpoint);
        HeadsTrainer.train(options);
        assertThat(options.out()).hasBinaryContent(heads);
    }

    private static void cut(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    }

    @Test
    void transitionRankThatIsImpossibleIsRefusedBeforeTextIsWritten() {
        HeadsShape wide = shape(HeadsKind.CERBERUS, true, true, 1, LmHead.SHARED, 10_000);
        assertThatThrownBy(() -> HeadsTrainer.train(options("wide.safetensors", wide, steps(20), false, false)))
            .isInstanceOf(TrainingException.class)
            .hasMessageContaining("at most " + ModelConfig.read(directory().resolve("model")).hiddenSize())
            .hasMessageContaining("was 10000");
        assertThat(directory().resolve("work")).doesNotExist();
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

    @Test
    void checkpointIsAsLargeAsSaidBefore() throws IOException {
        ModelConfig config = ModelConfig.read(directory().resolve("model"));
        List<HeadsShape> shapes = List.of(shape(HeadsKind.MEDUSA, false, true, 1, LmHead.OWN, 0),
                shape(HeadsKind.CERBERUS, true, true, 2, LmHead.TUNED, 4), HeadsShape.of(HeadsKind.HYDRA));
        for (HeadsShape shape : shapes) {
            String name = shape.kind().id();
            TrainingOptions options = options(name + ".safetensors", shape, steps(1), false, false);
            HeadsTrainer.train(options);
            long size = Files.size(checkpoint(options));
            assertThat(shape.checkpointBytes(config.hiddenSize(), config.vocabularySize())).as(name)
                .isBetween(size, size + (1 << 16));
        }
    }

}
