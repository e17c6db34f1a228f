package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToDoubleFunction;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeResult;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.gate.Gate;
import dev.cerberus.gate.GateDecision;
import dev.cerberus.gate.GateSignal;
import dev.cerberus.gate.NeverGate;
import dev.cerberus.gate.StepOutcome;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.ModelFileException;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.GumbelNoise;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

class DjlDraftHeadsTests {

    private static final int[] PROMPT = { 3, 17, 40, 5, 5, 29 };

    @TempDir
    private static Path directory;

    private static ModelConfig config;

    private static Checkpoint checkpoint;

    private static DjlTargetModel target;

    @BeforeAll
    static void load() {
        RandomHeads.target(directory);
        config = ModelConfig.read(directory);
        checkpoint = Checkpoint.open(directory);
        target = DjlTargetModel.load(config, checkpoint, config.maxPositions(), TorchDevice.of("cpu"), Precision.FP32);
    }

    @AfterAll
    static void close() {
        target.close();
        checkpoint.close();
    }

    static List<HeadsDescription> descriptions() {
        return RandomHeads.descriptions();
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void draftWhenTheVocabularyIsLargeProposesTheSame(HeadsDescription heads) {
        HeadsFile file = write(heads, false);
        try (DraftHeads whole = load(file);
                DraftHeads listed = DjlDraftHeads.load(file, OptionalInt.empty(), config, checkpoint, target, 0);
                KvCache cache = target.newCache(32);
                NodeScores scores = target.prefill(cache, PROMPT)) {
            for (SamplingOptions sampling : List.of(SamplingOptions.GREEDY, new SamplingOptions(0.8, 0, 1, 5))) {
                for (Optional<TreeShape> shape : List.of(Optional.<TreeShape>empty(),
                        Optional.of(TreeShape.branching(3, 2)))) {
                    DraftRoot root = new DraftRoot(scores, 0, 5, PROMPT.length, sampling, true, 12);
                    DraftLimits limits = shape.map(DraftLimits::of).orElse(DraftLimits.of(12, heads.heads()));
                    DraftTree expected = whole.propose(root).draft(limits);
                    DraftTree actual = listed.propose(root).draft(limits);
                    assertThat(pathsOf(actual)).isEqualTo(pathsOf(expected));
                    assertThat(actual.pathProbabilities()).containsExactly(expected.pathProbabilities(), within(1e-5));
                    assertThat(actual.headEntropyNats()).isCloseTo(expected.headEntropyNats(), within(1e-4));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void draftWhenShapeIsFreeHoldsTheNodesWithTheLargestProducts(HeadsDescription heads) {
        HeadsFile file = write(heads, false);
        try (DraftHeads draftHeads = load(file);
                KvCache cache = target.newCache(32);
                NodeScores scores = target.prefill(cache, PROMPT)) {
            int root = scores.argmax(0);
            DraftTree tree = draftHeads
                .propose(new DraftRoot(scores, 0, root, PROMPT.length, SamplingOptions.GREEDY, false, 10))
                .draft(DraftLimits.of(10, heads.heads()));
            List<NaiveHeads.Path> best = new NaiveHeads(file, config, checkpoint).best(scores.hidden(0), root, 10,
                    heads.heads());
            assertThat(pathsOf(tree)).containsExactlyInAnyOrderElementsOf(
                    best.stream().map((path) -> Arrays.stream(path.tokens()).boxed().toList()).toList());
            double[] expected = best.stream().mapToDouble(NaiveHeads.Path::probability).toArray();
            assertThat(tree.pathProbabilities()).containsExactly(expected, within(1e-5));
            double[] first = new NaiveHeads(file, config, checkpoint).probabilities(scores.hidden(0),
                    new int[] { root });
            double entropy = 0;
            for (double p : first) {
                entropy -= (p > 0) ? p * Math.log(p) : 0;
            }
            assertThat(tree.headEntropyNats()).isCloseTo(entropy, within(1e-4));
            assertThat(tree.headConfidence()).isCloseTo(Arrays.stream(first).max().getAsDouble(), within(1e-5));
        }
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void draftWhenShapeIsStaticFillsItByRank(HeadsDescription heads) {
        HeadsFile file = write(heads, false);
        TreeShape shape = TreeShape.parse("0,0;0,1;1,0;2").limitedTo(heads.heads());
        try (DraftHeads draftHeads = load(file);
                KvCache cache = target.newCache(32);
                NodeScores scores = target.prefill(cache, PROMPT)) {
            int root = scores.argmax(0);
            DraftTree tree = draftHeads
                .propose(new DraftRoot(scores, 0, root, PROMPT.length, SamplingOptions.GREEDY, false, 16))
                .draft(DraftLimits.of(shape));
            NaiveHeads naive = new NaiveHeads(file, config, checkpoint);
            int[] first = naive.ranked(scores.hidden(0), new int[] { root });
            int[] below0 = naive.ranked(scores.hidden(0), new int[] { root, first[0] });
            int[] below1 = naive.ranked(scores.hidden(0), new int[] { root, first[1] });
            assertThat(pathsOf(tree)).containsExactly(List.of(first[0]), List.of(first[0], below0[0]),
                    List.of(first[0], below0[1]), List.of(first[1]), List.of(first[1], below1[0]), List.of(first[2]));
        }
    }

    @Test
    void draftInBf16RoundsTheFirstLayerAndProposesNearlyTheSame() {
        // hidden size 32, so that the int8 kernel takes it
        Path wide = directory.resolve("wide");
        RandomHeads.target(wide, 32);
        HeadsDescription heads = new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 4, 1, 32, 20, 3);
        Path path = directory.resolve("wide-heads.safetensors");
        RandomHeads.heads(heads, wide, false).write(path);
        HeadsFile file = HeadsFile.read(path);
        ModelConfig wideConfig = ModelConfig.read(wide);
        TorchDevice cpu = TorchDevice.of("cpu");
        assumeThat(HeadsProgram.isRounded(heads, cpu.linearKernel(Precision.BF16), Precision.BF16)).isTrue();
        try (Checkpoint wideCheckpoint = Checkpoint.open(wide);
                DjlTargetModel model = DjlTargetModel.load(wideConfig, wideCheckpoint, 32, cpu, Precision.BF16);
                DraftHeads draftHeads = DjlDraftHeads.load(file, OptionalInt.empty(), wideConfig, wideCheckpoint,
                        model);
                KvCache cache = model.newCache(32);
                NodeScores scores = model.prefill(cache, PROMPT)) {
            DraftTree tree = draftHeads
                .propose(new DraftRoot(scores, 0, 7, PROMPT.length, SamplingOptions.GREEDY, false, 8))
                .draft(DraftLimits.of(8, 4));
            double[] expected = new NaiveHeads(file, wideConfig, wideCheckpoint).best(scores.hidden(0), 7, 8, 4)
                .stream()
                .mapToDouble(NaiveHeads.Path::probability)
                .toArray();
            assertThat(tree.pathProbabilities()).containsExactly(expected, within(0.03));
        }
    }

    @ParameterizedTest
    @EnumSource(names = { "FP32", "FP16" })
    void draftOfLargeHeadsBesideFloatsIsRoundedToInt8AndProposesNearlyTheSame(Precision precision) {
        TorchDevice cpu = TorchDevice.of("cpu");
        assumeThat(cpu.precisions()).contains(precision, Precision.INT8);
        Path wide = directory.resolve("wider");
        RandomHeads.target(wide, 256);
        HeadsDescription heads = new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 8, 1, 256, 20, 3);
        assertThat(cpu.headsKernel(precision, HeadsProgram.weightsRead(heads, RandomHeads.VOCABULARY)))
            .isEqualTo(cpu.linearKernel(Precision.INT8));
        Path path = directory.resolve("wider-heads.safetensors");
        RandomHeads.heads(heads, wide, false).write(path);
        HeadsFile file = HeadsFile.read(path);
        ModelConfig wideConfig = ModelConfig.read(wide);
        try (Checkpoint wideCheckpoint = Checkpoint.open(wide);
                DjlTargetModel model = DjlTargetModel.load(wideConfig, wideCheckpoint, 32, cpu, precision);
                DraftHeads draftHeads = DjlDraftHeads.load(file, OptionalInt.empty(), wideConfig, wideCheckpoint,
                        model);
                KvCache cache = model.newCache(32);
                NodeScores scores = model.prefill(cache, PROMPT)) {
            // so many random weights make sure guesses, of which a temperature leaves
            // doubts
            SamplingOptions sampling = new SamplingOptions(12, 0, 1, 3);
            DraftTree tree = draftHeads.propose(new DraftRoot(scores, 0, 7, PROMPT.length, sampling, false, 5))
                .draft(DraftLimits.of(5, 1));
            double[] expected = new NaiveHeads(file, wideConfig, wideCheckpoint).flattened(scores.hidden(0), 7, 12, 5);
            assertThat(tree.pathProbabilities()).containsExactly(expected, within(0.05));
        }
    }

    @Test
    void draftWhenHeadsStoreASharedLmHeadUsesItInsteadOfTheTargets() {
        HeadsDescription heads = RandomHeads.descriptions().get(0);
        HeadsFile file = write(heads, true);
        try (DraftHeads draftHeads = load(file);
                KvCache cache = target.newCache(32);
                NodeScores scores = target.prefill(cache, PROMPT)) {
            DraftTree tree = draftHeads
                .propose(new DraftRoot(scores, 0, 1, PROMPT.length, SamplingOptions.GREEDY, false, 1))
                .draft(DraftLimits.of(1, 1));
            double[] expected = new NaiveHeads(file, config, checkpoint).probabilities(scores.hidden(0),
                    new int[] { 1 });
            assertThat(tree.pathProbability(0)).isCloseTo(Arrays.stream(expected).max().getAsDouble(), within(1e-5));
        }
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void draftWhenSampledButNotCoupledExpectsWhatTheTemperatureLeaves(HeadsDescription heads) {
        HeadsFile file = write(heads, false);
        SamplingOptions sampling = new SamplingOptions(1.7, 0, 1, 3);
        try (DraftHeads draftHeads = load(file);
                KvCache cache = target.newCache(32);
                NodeScores scores = target.prefill(cache, PROMPT)) {
            DraftTree tree = draftHeads.propose(new DraftRoot(scores, 0, 1, 6, sampling, false, 3))
                .draft(DraftLimits.of(3, 1));
            double[] expected = new NaiveHeads(file, config, checkpoint).flattened(scores.hidden(0), 1, 1.7, 3);
            assertThat(tree.pathProbabilities()).containsExactly(expected, within(1e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = { 0.01, 1e-4, 1e-40, Double.MIN_VALUE })
    void draftWhenTheTemperatureIsTinyHoldsNumbersAndFillsAShape(double temperature) {
        for (HeadsDescription heads : RandomHeads.descriptions()) {
            try (DraftHeads draftHeads = load(write(heads, false));
                    KvCache cache = target.newCache(32);
                    NodeScores scores = target.prefill(cache, PROMPT)) {
                for (boolean coupled : new boolean[] { false, true }) {
                    DraftRoot root = new DraftRoot(scores, 0, 1, 6, new SamplingOptions(temperature, 0, 1, 3), coupled,
                            16);
                    for (DraftLimits limits : List.of(DraftLimits.of(8, 3),
                            DraftLimits.of(TreeShape.branching(2, 2)))) {
                        DraftTree tree = draftHeads.propose(root).draft(limits);
                        assertThat(Arrays.stream(tree.pathProbabilities()).boxed()).as("%s %s", heads, limits)
                            .allSatisfy((probability) -> assertThat(probability).isBetween(0.0, 1.0));
                        assertThat(tree.pathProbabilities()).isNotEmpty();
                    }
                }
            }
        }
    }

    @Test
    void draftWhenCoupledRanksByProbabilityAndNoiseOfThePositionDraftedFor() {
        HeadsDescription heads = RandomHeads.descriptions().get(0);
        HeadsFile file = write(heads, false);
        SamplingOptions sampling = new SamplingOptions(0.8, 0, 1, 99);
        try (DraftHeads draftHeads = load(file);
                KvCache cache = target.newCache(32);
                NodeScores scores = target.prefill(cache, PROMPT)) {
            DraftTree tree = draftHeads.propose(new DraftRoot(scores, 0, 1, 6, sampling, true, 16))
                .draft(DraftLimits.of(TreeShape.parse("0,0,0,0;")));
            NaiveHeads naive = new NaiveHeads(file, config, checkpoint);
            int[] vocabulary = file.draftVocabulary();
            List<Integer> expected = new ArrayList<>();
            for (int head = 0; head < 4; head++) {
                double[] p = naive.probabilities(scores.hidden(0), new int[] { 1, 0, 0, 0 }, head);
                long key = GumbelNoise.key(99, 6 + head + 1);
                int best = 0;
                for (int i = 0; i < p.length; i++) {
                    if (Math.log(p[i]) / 0.8 + GumbelNoise.at(key, vocabulary[i]) > Math.log(p[best]) / 0.8
                            + GumbelNoise.at(key, vocabulary[best])) {
                        best = i;
                    }
                }
                expected.add(vocabulary[best]);
            }
            List<List<Integer>> paths = pathsOf(tree);
            assertThat(paths.get(paths.size() - 1)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("descriptions")
    void tokensWhenDraftingEqualThoseOfPlainDecoding(HeadsDescription heads) {
        try (DraftHeads draftHeads = load(write(heads, false))) {
            List<SamplingOptions> choices = new ArrayList<>(List.of(SamplingOptions.GREEDY));
            for (long seed = 0; seed < 10; seed++) {
                choices.add(new SamplingOptions(0.8, 0, 1, seed));
            }
            for (SamplingOptions sampling : choices) {
                for (Optional<TreeShape> shape : List.of(Optional.<TreeShape>empty(),
                        Optional.of(TreeShape.branching(3, 2)))) {
                    int[] plain = decode(Optional.empty(), new NeverGate(), sampling, shape).tokens();
                    DecodeResult drafted = decode(Optional.of(draftHeads), new WholeTreeGate(), sampling, shape);
                    assertThat(drafted.tokens()).as("%s %s", sampling, shape).containsExactly(plain);
                    assertThat(drafted.statistics().draftedTokens()).isPositive();
                }
            }
        }
    }

    @Test
    void acceptanceWhenHeadsAreCoupledIsHigherThanByProbabilityAlone() {
        // random heads know nothing of the target: whatever they share is the noise
        int coupled = 0;
        int independent = 0;
        try (DraftHeads draftHeads = load(write(RandomHeads.descriptions().get(0), false))) {
            for (long seed = 0; seed < 20; seed++) {
                SamplingOptions sampling = new SamplingOptions(2, 0, 1, seed);
                coupled += accepted(draftHeads, sampling, true);
                independent += accepted(draftHeads, sampling, false);
            }
        }
        assertThat(coupled).isGreaterThan(2 * independent);
    }

    @Test
    void loadWhenFewerHeadsAreAskedForUsesTheFirstOnes() {
        HeadsFile file = write(RandomHeads.descriptions().get(0), false);
        try (DraftHeads two = DjlDraftHeads.load(file, OptionalInt.of(2), config, checkpoint, target)) {
            assertThat(two.description().heads()).isEqualTo(2);
        }
        assertThatThrownBy(() -> DjlDraftHeads.load(file, OptionalInt.of(5), config, checkpoint, target))
            .isInstanceOf(ModelFileException.class)
            .hasMessageContaining("has 4 heads, asked for 5")
            .hasMessageContaining("1..4");
    }

    @Test
    void publishedMedusaHeadsDraftWithoutMetadata() {
        Path path = directory.resolve("medusa.safetensors");
        RandomHeads.publishedMedusa(3).write(path);
        HeadsFile file = HeadsFile.read(path);
        assertThat(file.notes()).hasSize(1);
        assertThat(file.description().kind()).isEqualTo(HeadsKind.MEDUSA);
        try (DraftHeads draftHeads = load(file);
                KvCache cache = target.newCache(32);
                NodeScores scores = target.prefill(cache, PROMPT)) {
            DraftTree tree = draftHeads.propose(new DraftRoot(scores, 0, 1, 6, SamplingOptions.GREEDY, false, 4))
                .draft(DraftLimits.of(4, 3));
            NaiveHeads naive = new NaiveHeads(file, config, checkpoint);
            assertThat(tree.pathProbabilities()).containsExactly(
                    naive.best(scores.hidden(0), 1, 4, 3).stream().mapToDouble(NaiveHeads.Path::probability).toArray(),
                    within(1e-5));
        }
    }

    @Test
    void contextLookupIsAcceptedWhereTheTextRepeatsAndChangesNothing() {
        try (DraftHeads draftHeads = load(write(RandomHeads.descriptions().get(3), false))) {
            DecodeResult alone = looking(draftHeads, DraftingOptions.HEADS_ALONE);
            DecodeResult looking = looking(draftHeads, DraftingOptions.DEFAULT);
            assertThat(looking.tokens()).isEqualTo(alone.tokens());
            assertThat(looking.statistics().acceptedDraftTokens())
                .isGreaterThan(10 + alone.statistics().acceptedDraftTokens());
        }
    }

    private static DecodeResult looking(DraftHeads heads, DraftingOptions drafting) {
        int[] prompt = new int[40];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = 4 + i % 4;
        }
        DecodeRequest request = new DecodeRequest(prompt, 80, 0, Set.of(), SamplingOptions.GREEDY, Optional.empty(), 8,
                drafting);
        return new DecodeSession(target, Optional.of(heads), new WholeTreeGate(), request,
                (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE)
            .run();
    }

    private static int accepted(DraftHeads heads, SamplingOptions sampling, boolean coupled) {
        DecodeRequest request = new DecodeRequest(PROMPT, 40, 0, Set.of(), sampling,
                Optional.of(TreeShape.branching(1, 1)), 16, new DraftingOptions(coupled, true));
        return new DecodeSession(target, Optional.of(heads), new WholeTreeGate(), request,
                (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE)
            .run()
            .statistics()
            .acceptedDraftTokens();
    }

    private static DecodeResult decode(Optional<DraftHeads> heads, Gate gate, SamplingOptions sampling,
            Optional<TreeShape> shape) {
        DecodeRequest request = new DecodeRequest(PROMPT, 16, 0, Set.of(), sampling, shape, 8, DraftingOptions.DEFAULT);
        return new DecodeSession(target, heads, gate, request, (token, origin) -> TokenSink.Signal.CONTINUE,
                DecodeListener.NONE)
            .run();
    }

    private static HeadsFile write(HeadsDescription heads, boolean storedLmHead) {
        Path file = directory.resolve("heads-" + Math.abs(heads.hashCode()) + storedLmHead + ".safetensors");
        RandomHeads.heads(heads, directory, storedLmHead).write(file);
        return HeadsFile.read(file);
    }

    private static DraftHeads load(HeadsFile file) {
        return DjlDraftHeads.load(file, OptionalInt.empty(), config, checkpoint, target);
    }

    private static List<List<Integer>> pathsOf(DraftTree draft) {
        CandidateTree tree = draft.best(draft.nodeCount());
        List<List<Integer>> paths = new ArrayList<>();
        for (int node = 1; node < tree.nodeCount(); node++) {
            List<Integer> path = new ArrayList<>();
            for (int at = node; at != 0; at = tree.parent(at)) {
                path.add(0, tree.token(at));
            }
            paths.add(path);
        }
        return paths;
    }

    /** Verifies every draft as a whole. */
    private static final class WholeTreeGate implements Gate {

        @Override
        public boolean consultsHeads(ToDoubleFunction<GateSignal> signals) {
            return true;
        }

        @Override
        public GateDecision decide(double[] pathProbabilities, boolean whole, ToDoubleFunction<GateSignal> signals) {
            return new GateDecision(pathProbabilities.length);
        }

        @Override
        public void observe(StepOutcome outcome) {
            // nothing to learn
        }

    }

}
