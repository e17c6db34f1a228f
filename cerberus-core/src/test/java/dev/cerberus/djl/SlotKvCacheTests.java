package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.CandidateTree;

import static org.assertj.core.api.Assertions.assertThat;

/** Where keys and values of sequences lie, and what happens to the places of others. */
class SlotKvCacheTests {

    @TempDir
    private Path directory;

    private DjlTargetModel model;

    private final List<SlotKvCache> caches = new ArrayList<>();

    @BeforeEach
    void load() {
        TinyModels.write("llama", this.directory);
        this.model = ExactFormat.FP32.load(this.directory);
    }

    @AfterEach
    void close() {
        this.caches.forEach(KvCache::close);
        this.model.close();
    }

    private SlotKvCache cache(int capacity) {
        SlotKvCache cache = (SlotKvCache) this.model.newCache(capacity);
        this.caches.add(cache);
        return cache;
    }

    @Test
    void sequencesOfOneSizeLieSideBySide() {
        for (int i = 0; i < 8; i++) {
            cache(60);
        }
        SlotKvCache other = cache(90);
        assertThat(this.caches.stream().limit(8).map((cache) -> cache.slab().slots() + ":" + cache.slot()).toList())
            .containsExactly("1:0", "1:0", "2:0", "2:1", "4:0", "4:1", "4:2", "4:3");
        assertThat(other.slab().slots()).isEqualTo(1);
        // the largest slab is filled first, where there is a gap
        SlotKvCache gone = this.caches.remove(5);
        this.caches.remove(0).close();
        gone.close();
        SlotKvCache next = cache(64);
        assertThat(next.slab()).isSameAs(gone.slab());
        assertThat(next.slot()).isEqualTo(1);
    }

    @Test
    void trimmedCacheLeavesItsPlaceAndKeepsItsTokens() {
        int[] prompt = { 5, 6, 7, 8, 9 };
        SlotKvCache first = cache(100);
        SlotKvCache kept = cache(100);
        this.model.prefill(first, prompt).close();
        this.model.prefill(kept, prompt).close();
        kept.trim();
        assertThat(kept.capacity()).isEqualTo(5);
        assertThat(kept.slab().keys()).isEqualTo(32);
        kept.grow(100);
        CandidateTree token = CandidateTree.rootOnly(3);
        try (NodeScores expected = this.model.forward(first, token);
                NodeScores found = this.model.forward(kept, token)) {
            assertThat(found.logits(0)).isEqualTo(expected.logits(0));
        }
    }

    /*
     * A cache of a model that went wrong may hold what is no number, and masked keys
     * count zero times themselves.
     */
    @Test
    void placeThatIsTakenAgainHoldsZeros() {
        try (NDManager manager = this.model.device().newManager();
                ScriptModule program = ScriptModule.load(manager,
                        LlamaProgram
                            .attentionSource(AttentionShape.all().get(0).config(this.directory), AttentionKernel.wide())
                            .toString())) {
            NDManager owner = manager.newSubManager();
            NDArray rows = owner.zeros(new Shape(1, 2, 2, 1, 32, 4), DataType.FLOAT64);
            try (KvSlab slab = new KvSlab(owner, program, rows)) {
                assertThat(slab.take()).isZero();
                assertThat(slab.take()).isEqualTo(1);
                assertThat(slab.isFull()).isTrue();
                rows.addi(Double.NaN);
                slab.give(1);
                assertThat(slab.take()).isEqualTo(1);
                try (IValue all = slab.slot(1);
                        NDArray slot = all.toTensor((ai.djl.pytorch.engine.PtNDManager) manager)) {
                    assertThat(slot.toDoubleArray()).containsOnly(0);
                }
            }
        }
    }

    @Test
    void aSequenceThatIsWrittenDoesNotTouchItsNeighbours() {
        int[] prompt = { 5, 6, 7 };
        for (int i = 0; i < 4; i++) {
            this.model.prefill(cache(60), prompt).close();
        }
        List<Span> spans = new ArrayList<>();
        this.caches.subList(2, 4).forEach((cache) -> spans.add(new Span.Tree(cache, CandidateTree.rootOnly(4))));
        assertThat(SeparateForward.units(spans, new AttentionHeads(1, 2, 8))).hasSize(1);
        float[] expected;
        try (NodeScores alone = this.model.forward(this.caches.get(0), CandidateTree.rootOnly(4))) {
            expected = alone.logits(0);
        }
        for (NodeScores scores : this.model.forward(spans)) {
            assertThat(scores.logits(0)).isEqualTo(expected);
            scores.close();
        }
    }

}
