package dev.cerberus.training.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.gate.GateMode;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Evaluation of a real engine: stories260K with heads that repeat what the target says,
 * slightly disturbed, which is sometimes right.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineSubjectTests {

    private static final int HIDDEN = 64;

    private static final List<Conversation> PROMPTS = List.of(
            new Conversation("1", "story", List.of("Once upon a time", "The dog")),
            new Conversation("2", "story", List.of("Tom had a dog")));

    private final CerberusEngine engine;

    private final Subject subject;

    EngineSubjectTests(@TempDir Path directory) {
        Path model = model();
        Path heads = directory.resolve("heads.safetensors");
        writeHeads(model, heads);
        this.engine = CerberusEngine.open(EngineOptions.builder(model.toString())
            .precision("fp32")
            .maxNodes(24)
            .heads(new EngineOptions.HeadsOptions(true, Optional.of(heads.toString()), OptionalInt.empty()))
            .build());
        this.subject = new EngineSubject(this.engine);
    }

    private static Path model() {
        String data = System.getenv("CERBERUS_TEST_DATA");
        Assumptions.assumeTrue(data != null, "CERBERUS_TEST_DATA is not set, so stories260K is not there");
        Path model = Path.of(data, "models", "stories260K");
        Assumptions.assumeTrue(Files.isDirectory(model), "CERBERUS_TEST_DATA has no models/stories260K");
        return model;
    }

    private static void writeHeads(Path model, Path file) {
        SplittableRandom random = new SplittableRandom(1);
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "cerberus-heads")
            .metadata("kind", "cerberus")
            .metadata("condition", "none")
            .metadata("links", "false")
            .metadata("heads", "3")
            .metadata("layers", "1")
            .metadata("hidden_size", "64")
            .metadata("vocab_size", "512")
            .metadata("transition_rank", "2")
            .metadata("lm_head", "shared");
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            writer.metadata("target_sha256", checkpoint.sha256());
        }
        for (int head = 0; head < 3; head++) {
            String prefix = "heads." + head + ".blocks.0.";
            float[] weight = new float[HIDDEN * HIDDEN];
            float[] residual = new float[HIDDEN * HIDDEN];
            for (int i = 0; i < weight.length; i++) {
                weight[i] = (float) (0.02 * random.nextGaussian());
                residual[i] = (i % (HIDDEN + 1) == 0) ? 1 : 0;
            }
            writer.add(prefix + "weight", TensorType.F32, new long[] { HIDDEN, HIDDEN }, weight)
                .add(prefix + "residual", TensorType.F32, new long[] { HIDDEN, HIDDEN }, residual)
                .add(prefix + "bias", TensorType.F32, new long[] { HIDDEN }, new float[HIDDEN]);
        }
        for (String name : List.of("from", "to")) {
            int rows = name.equals("from") ? 513 : 512;
            float[] factor = new float[2 * rows];
            for (int i = 0; i < factor.length; i++) {
                factor[i] = (float) (0.7 * random.nextGaussian());
            }
            writer.add("transitions." + name, TensorType.F32, new long[] { rows, 2 }, factor);
        }
        writer.write(file);
    }

    @AfterAll
    void close() {
        this.engine.close();
    }

    private static BenchOptions options(SamplingOptions sampling, GateOptions gate) {
        return new BenchOptions(EnumSet.of(BenchMode.CERBERUS_ALWAYS, BenchMode.CERBERUS_THRESHOLD), true, 60, 0, 1, 0,
                sampling, DraftingOptions.DEFAULT, Map.of(BenchMode.HeadsRole.CERBERUS, TreeShape.parse("4,2,1")), 16,
                gate);
    }

    @Test
    void replayGivesTheCountsOfARealRun() {
        assertReplayEqualsRun(SamplingOptions.GREEDY);
    }

    @Test
    void replayGivesTheCountsOfARealRunWithCoupledDrafting() {
        assertReplayEqualsRun(new SamplingOptions(0.8, 0, 1, 5));
    }

    private void assertReplayEqualsRun(SamplingOptions sampling) {
        GateOptions gate = new GateOptions(GateMode.THRESHOLD, GateSignal.VOCAB_ENTROPY, 1);
        BenchOptions options = options(sampling, gate);
        BenchOutcome outcome = new Bench(options, (mode) -> this.subject, (done, total) -> {
        }).run(PROMPTS);
        Replay replay = new Replay(new Recorder(this.subject, options, this.subject.costs(), (done, total) -> {
        }).record(PROMPTS));
        assertThat(outcome.flips()).isEmpty();
        for (BenchMode mode : List.of(BenchMode.AUTOREGRESSIVE, BenchMode.CERBERUS_ALWAYS,
                BenchMode.CERBERUS_THRESHOLD)) {
            BenchRow run = outcome.row(mode, BenchRow.ALL);
            ReplayResult replayed = replay.run(new ReplayPlan(gate.withMode(mode.gate()),
                    Optional.ofNullable(options.shapes().get(BenchMode.HeadsRole.CERBERUS)), 16, false));
            assertThat(new long[] { replayed.tokens(), replayed.steps(), replayed.draftSteps(),
                    replayed.zeroAcceptSteps(), replayed.draftedTokens(), replayed.acceptedDraftTokens() })
                .describedAs(mode.id())
                .isEqualTo(new long[] { run.tokens(), run.steps(), run.draftSteps(), run.zeroAcceptSteps(),
                        run.draftedTokens(), run.acceptedDraftTokens() });
        }
        assertThat(outcome.row(BenchMode.CERBERUS_ALWAYS, BenchRow.ALL).acceptedDraftTokens()).isPositive();
        assertThat(outcome.row(BenchMode.CERBERUS_THRESHOLD, BenchRow.ALL).skipShare()).isBetween(0.05, 0.95);
    }

    @Test
    void marginIsTheDistanceOfTheTwoBestLogits() {
        GenerationRequest request = GenerationRequest.greedy(new Prompt.Raw("Once upon a time"), 5);
        int[] answer = this.subject.run(request).result().tokens();
        double margin = this.subject.margin(request, answer, 3).orElseThrow();
        assertThat(margin).isBetween(1e-6, 50.0);
        // with a negligible temperature the noise counts for nothing, and the margin is
        // the same
        GenerationRequest cold = request.withSampling(new SamplingOptions(1e-9, 0, 1, 1));
        assertThat(this.subject.margin(cold, answer, 3).orElseThrow()).isCloseTo(margin, within(1e-4));
    }

    /* What can not be chosen there is no rival, however probable it is. */
    @Test
    void marginWhereAnAnswerMayNotEndLeavesTheEndOut() {
        int end = 2; // of this model
        GenerationRequest free = GenerationRequest.greedy(new Prompt.Raw("Once upon a time"), 5);
        GenerationRequest request = new GenerationRequest(free.prompt(),
                SamplingOptions.GREEDY.withLogitBias(Map.of(end, 100.0)), 5, 4, List.of(), Optional.empty(),
                Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
        int[] answer = this.subject.run(request).result().tokens();
        assertThat(answer).hasSize(4).doesNotContain(end);
        double expected = this.subject.margin(free, answer, 3).orElseThrow();
        assertThat(this.subject.margin(request, answer, 3).orElseThrow()).isCloseTo(expected, within(1e-4));
        assertThat(this.subject.margin(request, answer, 4).orElseThrow()).isGreaterThan(50);
    }

    @Test
    void recordingKnowsWhichTokenFollowedEveryPosition() {
        GenerationRequest request = GenerationRequest.greedy(new Prompt.Raw("Lily"), 12);
        RecordedAnswer answer = this.subject.record(request, 32);
        assertThat(answer.tokens()).isEqualTo(this.subject.run(request).result().tokens());
        assertThat(answer.positions()).hasSize(11);
        assertThat(answer.positions().get(0).trueRanks()).hasSize(3);
        // tokens 10 and 11 follow, two heads have room
        assertThat(answer.positions().get(8).trueRanks()).hasSize(2);
        assertThat(answer.positions().get(10).trueRanks()).isEmpty();
        assertThat(answer.ended()).isFalse();
        assertThat(answer.budget()).isEqualTo(12);
    }

    @Test
    void recordingHasTheTokenThatEndedAnAnswer() {
        int end = 2; // of this model
        GenerationRequest request = new GenerationRequest(new Prompt.Raw("Lily"),
                SamplingOptions.GREEDY.withLogitBias(Map.of(end, 100.0)), 12, 5, List.of(), Optional.empty(),
                Optional.empty(), Optional.empty(), DraftingOptions.DEFAULT);
        int[] written = this.subject.run(request).result().tokens();
        assertThat(written).hasSize(5).doesNotContain(end);
        RecordedAnswer answer = this.subject.record(request, 32);
        assertThat(answer.ended()).isTrue();
        assertThat(answer.outputTokens()).isEqualTo(5);
        assertThat(answer.tokens()).startsWith(written).endsWith(end);
    }

}
