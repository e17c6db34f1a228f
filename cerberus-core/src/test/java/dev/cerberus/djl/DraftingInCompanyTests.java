package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.HeadsKind;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.DraftLimits;
import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Draft heads asked for the roots of several sequences at once propose to each what they
 * propose to it alone: the same tokens, with the same probabilities bit by bit.
 */
class DraftingInCompanyTests {

    private static final int HIDDEN = 96;

    private static final int SEQUENCES = 23; // more than the rows of one product allow

    @TempDir
    private Path directory;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);

    static Stream<Arguments> heads() {
        int vocabulary = RandomHeads.VOCABULARY;
        List<HeadsDescription> descriptions = List.of(
                new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 4, 1, HIDDEN, 20, 3),
                new HeadsDescription(HeadsKind.CERBERUS, true, true, false, 4, 2, HIDDEN, vocabulary),
                new HeadsDescription(HeadsKind.CERBERUS, false, true, true, 3, 2, HIDDEN, vocabulary, 16),
                new HeadsDescription(HeadsKind.MEDUSA, false, false, true, 4, 1, HIDDEN, 20),
                new HeadsDescription(HeadsKind.MEDUSA, false, false, false, 4, 2, HIDDEN, vocabulary),
                new HeadsDescription(HeadsKind.HYDRA, true, false, false, 3, 1, HIDDEN, 20));
        return Arrays.stream(ExactFormat.values())
            .flatMap((format) -> descriptions.stream()
                .flatMap((heads) -> Stream.of(0, 2048).map((whole) -> Arguments.of(format, heads, whole))));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void everySequenceHasTheDraftThatItHasAlone(ExactFormat format, HeadsDescription description, int largestWhole) {
        RandomHeads.target(this.directory, HIDDEN);
        Path file = this.directory.resolve("heads.safetensors");
        RandomHeads.heads(description, this.directory, false).write(file);
        ModelConfig config = ModelConfig.read(this.directory);
        List<KvCache> caches = new ArrayList<>();
        List<NodeScores> scores = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(this.directory);
                DjlTargetModel model = format.load(this.directory);
                DraftHeads heads = DjlDraftHeads.load(HeadsFile.read(file), OptionalInt.empty(), config, checkpoint,
                        model, largestWhole)) {
            for (int i = 0; i < SEQUENCES; i++) {
                caches.add(model.newCache(16));
            }
            // some come from one forward, some from another
            scores.addAll(prefill(model, caches.subList(0, 5)));
            scores.addAll(prefill(model, caches.subList(5, SEQUENCES)));
            List<DraftRoot> roots = IntStream.range(0, SEQUENCES).mapToObj((i) -> root(scores.get(i), i)).toList();
            List<DraftProposal> together = heads.propose(roots);
            assertThat(together).hasSize(SEQUENCES);
            for (int i = 0; i < SEQUENCES; i++) {
                DraftProposal alone = heads.propose(roots.get(i));
                for (DraftLimits limits : List.of(DraftLimits.of(9, description.heads()),
                        DraftLimits.of(TreeShape.branching(3, 2)))) {
                    assertSame(together.get(i).draft(limits), alone.draft(limits));
                }
            }
        }
        finally {
            scores.forEach(NodeScores::close);
            caches.forEach(KvCache::close);
        }
    }

    private List<NodeScores> prefill(DjlTargetModel model, List<KvCache> caches) {
        return model.forward(caches.stream()
            .map((cache) -> (Span) new Span.Piece(cache,
                    this.random.ints(1 + this.random.nextInt(3), 0, RandomHeads.VOCABULARY).toArray(), true))
            .toList());
    }

    private static DraftRoot root(NodeScores scores, int sequence) {
        SamplingOptions sampling = (sequence % 3 == 0) ? SamplingOptions.GREEDY
                : new SamplingOptions(0.5 + sequence % 4 * 0.3, 0, 1, sequence);
        return new DraftRoot(scores, 0, scores.argmax(0), 7 + sequence, sampling, sequence % 2 == 0, 9);
    }

    private static void assertSame(DraftTree actual, DraftTree expected) {
        assertThat(actual.best(actual.nodeCount()).tokens()).isEqualTo(expected.best(expected.nodeCount()).tokens());
        assertThat(actual.pathProbabilities()).isEqualTo(expected.pathProbabilities());
        assertThat(actual.headEntropyNats()).isEqualTo(expected.headEntropyNats());
        assertThat(actual.headConfidence()).isEqualTo(expected.headConfidence());
    }

}
