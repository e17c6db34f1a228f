package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.HeadsFile;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.hf.WeightsCache;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;
import dev.cerberus.tree.DraftLimits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What steps and drafts leave behind on the device: nothing, once their scores are
 * closed.
 */
class ResourceLeakTests {

    private static final int ROUNDS = 300;

    private static final CandidateTree TREE = CandidateTree.of(new int[] { 5, 6, 7, 8 }, new int[] { 0, 0, 0, 1 });

    @TempDir
    private Path directory;

    @Test
    void stepsLeaveNothingBehind() {
        try (DjlTargetModel model = load(); KvCache cache = model.newCache(16)) {
            NDManager manager = model.embedding().getManager();
            int before = ManagedResources.count(manager);
            for (int i = 0; i < ROUNDS; i++) {
                model.prefill(cache, new int[] { 1, 2, 3, 4, 5 }, 2).close();
                try (NodeScores scores = model.forward(cache, TREE)) {
                    assertThat(scores.logits(3)).hasSize(TinyModels.VOCABULARY);
                    assertThat(scores.hidden(3)).isNotEmpty();
                    cache.commit(new int[] { 0, 1, 3 }); // moves rows: node 2 is dropped
                }
                cache.truncate(0);
            }
            assertThat(ManagedResources.count(manager)).isEqualTo(before);
        }
    }

    @Test
    void openScoresAreCounted() {
        try (DjlTargetModel model = load(); KvCache cache = model.newCache(16)) {
            NDManager manager = model.embedding().getManager();
            int before = ManagedResources.count(manager);
            try (NodeScores scores = model.forward(cache, TREE)) {
                assertThat(scores.nodeCount()).isEqualTo(4);
                assertThat(ManagedResources.count(manager)).isGreaterThan(before);
            }
            assertThat(ManagedResources.count(manager)).isEqualTo(before);
        }
    }

    @Test
    void cachesLeaveNothingBehind() {
        try (DjlTargetModel model = load()) {
            NDManager manager = model.embedding().getManager();
            int before = ManagedResources.count(manager);
            for (int i = 0; i < ROUNDS; i++) {
                try (KvCache cache = model.newCache(16)) {
                    assertThat(ManagedResources.count(manager)).isGreaterThan(before);
                    cache.close(); // closing twice is fine
                }
            }
            assertThat(ManagedResources.count(manager)).isEqualTo(before);
        }
    }

    @Test
    void refusedCallsLeaveNothingBehind() {
        try (DjlTargetModel model = load(); KvCache cache = model.newCache(4)) {
            NDManager manager = model.embedding().getManager();
            int before = ManagedResources.count(manager);
            for (int i = 0; i < ROUNDS; i++) {
                assertThatThrownBy(() -> model.prefill(cache, new int[] { 1, 2, 3, TinyModels.VOCABULARY }).close())
                    .isInstanceOf(ModelException.class);
                assertThatThrownBy(() -> model.forward(cache, CandidateTree.rootOnly(-1)).close())
                    .isInstanceOf(RuntimeException.class);
                assertThatThrownBy(() -> model.newCache(129)).isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(ManagedResources.count(manager)).isEqualTo(before);
        }
    }

    /* As when the heap is full in the middle of a forward. */
    @Test
    void forwardsThatFailInJavaLeaveNothingBehind() {
        try (DjlTargetModel model = load();
                ScriptedTargetModel other = new ScriptedTargetModel(TinyModels.VOCABULARY, 64);
                KvCache foreign = other.newCache(16)) {
            NDManager manager = model.embedding().getManager();
            int before = ManagedResources.count(manager);
            assertThatThrownBy(() -> model.forward(foreign, TREE).close()).isInstanceOf(ClassCastException.class);
            assertThat(ManagedResources.count(manager)).isEqualTo(before);
        }
    }

    /* As when the heap is full once the weights are loaded. */
    @Test
    void modelThatFailsToLoadLeavesNothingBehind() {
        TinyModels.write("qwen3", this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            assertThatThrownBy(() -> DjlTargetModel.load(config, checkpoint, 16, TorchDevice.of("cpu"), Precision.FP32,
                    WeightsCache.none(), () -> {
                        throw new OutOfMemoryError("Java heap space");
                    }, open))
                .isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(open.pop()).isInstanceOfSatisfying(ProgramWeights.class,
                (weights) -> assertThat(List.of(weights.vectors(), weights.matrices(), weights.rotation()))
                    .allMatch(IValue::isReleased));
        assertThat(open.pop()).isInstanceOfSatisfying(NDManager.class,
                (manager) -> assertThat(manager.isOpen()).isFalse());
        assertThat(open).isEmpty();
    }

    static List<HeadsDescription> headsDescriptions() {
        return RandomHeads.descriptions();
    }

    @ParameterizedTest
    @MethodSource("headsDescriptions")
    void draftsLeaveNothingBehind(HeadsDescription description) {
        RandomHeads.target(this.directory);
        Path file = this.directory.resolve("cerberus-heads.safetensors");
        RandomHeads.heads(description, this.directory, false).write(file);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory);
                DjlTargetModel model = DjlTargetModel.load(config, checkpoint, 16, TorchDevice.of("cpu"),
                        Precision.FP32);
                DjlDraftHeads heads = DjlDraftHeads.load(HeadsFile.read(file), OptionalInt.empty(), config, checkpoint,
                        model);
                KvCache cache = model.newCache(16)) {
            NDManager ofModel = model.embedding().getManager();
            NDManager ofHeads = ManagedResources.managerOf(heads);
            try (NodeScores scores = model.prefill(cache, new int[] { 1, 2, 3 })) {
                int before = ManagedResources.count(ofModel);
                int beforeInHeads = ManagedResources.count(ofHeads);
                assertThat(beforeInHeads).isPositive();
                DraftRoot greedy = new DraftRoot(scores, 0, scores.argmax(0), 3, SamplingOptions.GREEDY, false, 6);
                DraftRoot coupled = new DraftRoot(scores, 0, scores.argmax(0), 3, new SamplingOptions(0.8, 0, 1, 5),
                        true, 6);
                for (int i = 0; i < ROUNDS; i++) {
                    heads.propose(List.of(greedy, coupled)).forEach((proposal) -> proposal.draft(DraftLimits.of(6, 2)));
                }
                assertThat(ManagedResources.count(ofModel)).isEqualTo(before);
                assertThat(ManagedResources.count(ofHeads)).isEqualTo(beforeInHeads);
            }
        }
    }

    @Test
    void closeTwiceIsFine() {
        DjlTargetModel model = load();
        model.close();
        assertThatNoException().isThrownBy(model::close);
    }

    private DjlTargetModel load() {
        TinyModels.write("qwen3", this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory)) {
            return DjlTargetModel.load(config, checkpoint, config.maxPositions(), TorchDevice.of("cpu"),
                    Precision.FP32);
        }
    }

}
