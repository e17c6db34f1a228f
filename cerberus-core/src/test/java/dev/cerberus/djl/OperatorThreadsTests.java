package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.engine.EngineOptions;
import dev.cerberus.hf.Checkpoint;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * How many threads an operator has changes nothing but its time, and is a matter of the
 * thread that calls it.
 */
class OperatorThreadsTests {

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);

    @TempDir
    private Path directory;

    @BeforeEach
    @AfterEach
    void alone() {
        TorchRuntime.useThreads(1);
    }

    /* OpenMP that can not make as many ends the process. */
    @ParameterizedTest
    @ValueSource(ints = { -1, 0, 1025, Integer.MAX_VALUE })
    void moreThreadsThanMachinesHaveAreRefused(int threads) {
        String message = "threads must be in 1..1024, was " + threads;
        assertThatIllegalArgumentException().isThrownBy(() -> TorchRuntime.useThreads(threads)).withMessage(message);
        EngineOptions.Builder options = EngineOptions.builder("model").threads(OptionalInt.of(threads));
        assertThatIllegalArgumentException().isThrownBy(options::build).withMessage(message);
    }

    @ParameterizedTest
    @EnumSource
    void bitsAreTheSameOnTheThreadsThatAModelTakes(ExactFormat format) {
        ModelConfig config = AttentionShape.all().get(3).config(this.directory);
        int block = AttentionKernel.independent(config, false).blockKeys();
        try (DjlTargetModel model = format.load(this.directory)) {
            int threads = model.useThreads(2);
            assertThat(TorchRuntime.threads()).isEqualTo(threads);
            TorchRuntime.useThreads(1);
            for (int tokens : new int[] { 3, 2 * block + 7 }) {
                assertSameBits(model, threads, this.random.ints(tokens, 0, TinyModels.VOCABULARY).toArray());
            }
        }
    }

    /* Integers add up to the same in any order; in fp32 oneDNN decides, by the CPU. */
    @ParameterizedTest
    @EnumSource
    void aModelWithWideOutputsHasTheSameBitsToo(ExactFormat format) {
        new AttentionShape(3, 3, 32, 288, 512).write(this.directory);
        try (DjlTargetModel model = format.load(this.directory)) {
            int threads = model.useThreads(2);
            assertThat(threads).isBetween((format == ExactFormat.FP32) ? 1 : 2, 2);
            assertThat(model.useThreads(1)).isEqualTo(1).isEqualTo(TorchRuntime.threads());
            assertSameBits(model, threads, this.random.ints(150, 0, TinyModels.VOCABULARY).toArray());
        }
    }

    /*
     * Shares of threads that end within a vector, in the activation and in the rotation
     * of queries and keys: 31 720 numbers, and 22 204 pairs of them, of 61 rows.
     */
    @ParameterizedTest
    @EnumSource
    void sharesOfThreadsThatEndWithinAVectorChangeNothing(ExactFormat format) {
        new AttentionShape(13, 5, 16, 64, 1040).write(this.directory);
        try (DjlTargetModel model = format.load(this.directory)) {
            for (int threads : new int[] { 2, 3, 5, 8 }) {
                assertSameBits(model, model.useThreads(threads),
                        this.random.ints(61, 0, TinyModels.VOCABULARY).toArray());
            }
        }
    }

    /* Whatever multiplies them on this CPU: nothing is promised, so nothing is tried. */
    @Test
    void sixteenBitsTakeTheThreadsThatAreAskedFor() {
        TinyModels.write("llama", this.directory);
        ModelConfig config = ModelConfig.read(this.directory);
        try (Checkpoint checkpoint = Checkpoint.open(this.directory);
                DjlTargetModel model = DjlTargetModel.load(config, checkpoint, 8, TorchDevice.of("cpu"),
                        Precision.BF16)) {
            assertThat(model.useThreads(2)).isEqualTo(2);
        }
    }

    /* A prompt and trees behind it, on one thread and on others. */
    private void assertSameBits(DjlTargetModel model, int threads, int[] prompt) {
        try (KvCache alone = model.newCache(prompt.length + 64);
                KvCache together = model.newCache(prompt.length + 64)) {
            try (NodeScores one = model.prefill(alone, prompt);
                    NodeScores two = on(threads, () -> model.prefill(together, prompt))) {
                assertThat(two.logits(0)).isEqualTo(one.logits(0));
            }
            for (int nodes : new int[] { 1, 2, 13, 17, 33, 47, 61 }) {
                CandidateTree tree = tree(Math.min(nodes, alone.treeRows()));
                try (NodeScores one = model.forward(alone, tree);
                        NodeScores two = on(threads, () -> model.forward(together, tree))) {
                    for (int node = 0; node < tree.nodeCount(); node++) {
                        assertThat(two.logits(node)).isEqualTo(one.logits(node));
                    }
                }
            }
        }
    }

    private CandidateTree tree(int nodes) {
        int[] parents = new int[nodes];
        for (int i = 1; i < nodes; i++) {
            parents[i] = this.random.nextInt(i);
        }
        return CandidateTree.of(this.random.ints(nodes, 0, TinyModels.VOCABULARY).toArray(), parents);
    }

    private static NodeScores on(int threads, Callable<NodeScores> forward) {
        TorchRuntime.useThreads(threads);
        try {
            return forward.call();
        }
        catch (Exception ex) {
            throw new AssertionError(ex);
        }
        finally {
            TorchRuntime.useThreads(1);
        }
    }

    @Test
    void theNumberIsTheCallingThreads() throws Exception {
        FutureTask<Integer> other = new FutureTask<>(() -> {
            TorchRuntime.useThreads(3);
            return TorchRuntime.threads();
        });
        Thread thread = new Thread(other);
        thread.start();
        assertThat(other.get()).isEqualTo(3);
        assertThat(TorchRuntime.threads()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> TorchRuntime.useThreads(0));
    }

    @Test
    void aModelThatMayChooseWritesTheSame() {
        TinyModels.write("llama", this.directory);
        int[] prompt = this.random.ints(20, 0, TinyModels.VOCABULARY).toArray();
        try (DjlTargetModel model = ExactFormat.FP32.load(this.directory); KvCache cache = model.newCache(40)) {
            try (NodeScores before = model.prefill(cache, prompt)) {
                assertThat(model.useFastestThreads()).as("small").isEqualTo(1);
                assertThat(model.chooseThreads()).isBetween(1, Runtime.getRuntime().availableProcessors());
                for (int i = 0; i < 10; i++) {
                    cache.truncate(0);
                    try (NodeScores after = model.prefill(cache, prompt)) {
                        assertThat(after.logits(0)).isEqualTo(before.logits(0));
                    }
                }
            }
        }
    }

}
