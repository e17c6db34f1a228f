package dev.cerberus.djl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    private KvSlab slab(int index) {
        return this.caches.get(index).slot().slab();
    }

    @Test
    void sequencesOfOneSizeLieSideBySide() {
        for (int i = 0; i < 5; i++) {
            cache(60);
        }
        SlotKvCache other = cache(90);
        assertThat(slab(0).slots()).isEqualTo(8);
        assertThat(this.caches.subList(0, 5)).allSatisfy((cache) -> assertThat(cache.slot().slab()).isSameAs(slab(0)))
            .extracting((cache) -> cache.slot().index())
            .containsExactly(0, 1, 2, 3, 4);
        assertThat(other.slot().slab().slots()).isEqualTo(1);
        this.caches.remove(1).close();
        assertThat(cache(64).slot().index()).as("the gap").isEqualTo(1);
    }

    @Test
    void manySequencesHaveSeveralSlabs() {
        for (int i = 0; i < 17; i++) {
            cache(60);
        }
        assertThat(slab(15)).isSameAs(slab(0));
        assertThat(slab(16)).isNotSameAs(slab(0));
        assertThat(slab(0).slots() + slab(16).slots()).isEqualTo(17);
    }

    @Test
    void slabThatRunsEmptyIsReplacedAndNothingIsLost() {
        int[] prompt = { 5, 6, 7, 8, 9 };
        for (int i = 0; i < 8; i++) {
            this.model.prefill(cache(60), prompt).close();
        }
        SlotKvCache last = this.caches.get(7);
        CandidateTree token = CandidateTree.rootOnly(3);
        float[] expected;
        try (NodeScores scores = this.model.forward(last, token)) {
            expected = scores.logits(0);
        }
        this.caches.subList(0, 7).forEach(KvCache::close);
        assertThat(last.slot().slab().slots()).isEqualTo(2);
        assertThat(last.slot().index()).isZero();
        try (NodeScores scores = this.model.forward(last, token)) {
            assertThat(scores.logits(0)).isEqualTo(expected);
        }
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
        assertThat(kept.slot().slab().keys()).isEqualTo(32);
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
        AttentionShape shape = AttentionShape.all().get(0);
        try (NDManager manager = this.model.device().newManager();
                ScriptModule program = ScriptModule.load(manager,
                        LlamaProgram.attentionSource(shape.config(this.directory), AttentionKernel.wide())
                            .toString())) {
            NDManager owner = manager.newSubManager();
            NDArray rows = owner.zeros(new Shape(1, 2, 2, shape.keyValueHeads(), 32, shape.headDim()),
                    DataType.FLOAT64);
            try (KvSlab slab = new KvSlab(owner, program, rows)) {
                IValue some = slab.seen(0, 1, 32); // of another group of the same forward
                assertThat(slab.seen(0, 2, 32)).isNotSameAs(some);
                assertThat(slab.seen(0, 1, 32)).isSameAs(some);
                some.toNDList((PtNDManager) manager).close();
                KvSlot first = new KvSlot(program, slab);
                KvSlot second = new KvSlot(program, slab);
                assertThat(slab.isFull()).isTrue();
                rows.addi(Double.NaN);
                second.leave();
                second = new KvSlot(program, slab);
                assertThat(second.index()).isEqualTo(1);
                try (NDArray held = second.rows().toTensor((PtNDManager) manager)) {
                    assertThat(held.toDoubleArray()).containsOnly(0);
                }
                second.leave();
                first.leave();
            }
        }
    }

    @Test
    void tokensAndTreesOfOneSlabAttendInOneForward() {
        CandidateTree tree = CandidateTree.of(new int[] { 4, 5, 6, 7, 8, 9, 10 }, new int[] { -1, 0, 1, 2, 3, 4, 5 });
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int[] prompt = new int[20 + 10 * i];
            Arrays.fill(prompt, 7);
            this.model.prefill(cache(120), prompt).close();
            spans.add(new Span.Tree(this.caches.get(i), (i < 4) ? CandidateTree.rootOnly(4) : tree));
        }
        List<float[]> expected = new ArrayList<>();
        for (Span span : spans) {
            try (NodeScores scores = this.model.forward(List.of(span)).get(0)) {
                expected.add(scores.logits(scores.nodeCount() - 1));
            }
        }
        for (int round = 0; round < 2; round++) {
            List<NodeScores> found = this.model.forward(spans);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i).logits(found.get(i).nodeCount() - 1)).isEqualTo(expected.get(i));
                found.get(i).close();
            }
        }
    }

    @Test
    void noTreeHasMoreRowsThanAProductWhoseRowsAreTheSameInAnyCompany() {
        SlotKvCache cache = cache(120);
        assertThat(cache.treeRows()).isEqualTo(64).isEqualTo(this.model.treeRows());
        this.model.prefill(cache, new int[100]).close();
        assertThat(cache.treeRows()).isEqualTo(20);
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

    /* A slot whose rows are gone fails to be copied, as one where there is no memory. */
    @Test
    void slotsStayWhereTheyAreWhereOneCanNotBeMoved() {
        cache(16);
        cache(16);
        KvSlab slab = slab(0);
        this.caches.get(1).slot().rows().close();
        NDManager manager = this.model.embedding().getManager();
        int before = ManagedResources.count(manager);
        assertThatThrownBy(() -> this.model.newCache(16)).isInstanceOf(IllegalStateException.class);
        assertThat(slab(0)).isSameAs(slab(1)).isSameAs(slab);
        assertThat(slab.taken()).containsExactly(this.caches.get(0).slot(), this.caches.get(1).slot());
        assertThat(ManagedResources.count(manager)).isEqualTo(before);
    }

    @Test
    void aPlaceThatASequenceFailsToGoToIsFreed() {
        SlotKvCache cache = cache(16);
        KvSlab slab = slab(0);
        cache.slot().rows().close();
        NDManager manager = this.model.embedding().getManager();
        int before = ManagedResources.count(manager);
        assertThatThrownBy(() -> cache.grow(100)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(cache::trim).isInstanceOf(IllegalStateException.class);
        assertThat(slab(0)).isSameAs(slab);
        assertThat(ManagedResources.count(manager)).isEqualTo(before);
    }

}
