package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.djl.AttentionUnits.Member;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;

/**
 * A forward of sequences that have a cache each, some of them side by side.
 */
final class SeparateForward implements ForwardPass {

    private final ScriptModule program;

    private final ScriptModule readers;

    private final ProgramWeights weights;

    private final IValue frequencies;

    private final AttentionHeads heads;

    private final KvSlabs slabs;

    SeparateForward(LlamaProgram model, ScriptModule readers, ProgramWeights weights, IValue frequencies,
            NDManager manager) {
        this.program = ScriptModule.load(manager, model.source("target.py").toString());
        this.readers = readers;
        this.weights = weights;
        this.frequencies = frequencies;
        this.heads = AttentionHeads.of(model.config());
        this.slabs = new KvSlabs(model, this.program, readers, weights, manager);
    }

    @Override
    public TokenCache newCache(int capacity) {
        return new SlotKvCache(this.slabs, capacity);
    }

    @Override
    public List<NodeScores> run(List<Span> spans, NDManager scope) {
        try (SpanRows rows = new SpanRows(spans, units(spans, this.heads), this.heads)) {
            return split(spans, rows, tensors(rows, scope, spans.size()));
        }
    }

    /** Returns which of some spans attend together. */
    static List<List<Member<KvSlab>>> units(List<Span> spans, AttentionHeads heads) {
        List<Member<KvSlab>> members = new ArrayList<>();
        for (Span span : spans) {
            SlotKvCache cache = (SlotKvCache) span.cache();
            members.add(new Member<>(members.size(), cache.slot().slab(), cache.slot().index(), span.rows(),
                    cache.keys(span.rows())));
        }
        return new AttentionUnits<KvSlab>(heads).of(members);
    }

    private ForwardTensors tensors(SpanRows rows, NDManager scope, int users) {
        if (rows.scoredCount() == 0) {
            this.program
                .callForArray("states", scope, rows.tokens(), rows.positions(), rows.spans(), rows.keys(), rows.trees(),
                        rows.members(), rows.indices(), this.weights.vectors(), this.weights.matrices(),
                        this.frequencies, rows.caches())
                .close();
            return new ForwardTensors(scope, this.readers, this.weights.rotation(), new NDArray[0], FoundTokens.NONE,
                    false, users);
        }
        NDArray[] out = this.program.callForArrays("step", scope, rows.tokens(), rows.positions(), rows.spans(),
                rows.keys(), rows.trees(), rows.members(), rows.indices(), rows.scored(), this.weights.vectors(),
                this.weights.matrices(), this.frequencies, rows.caches());
        long[] best = out[2].toLongArray();
        int[] tokens = new int[best.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) best[i];
        }
        return new ForwardTensors(scope, this.readers, this.weights.rotation(), out,
                new FoundTokens(tokens, out[3].toFloatArray()), false, users);
    }

    private static List<NodeScores> split(List<Span> spans, SpanRows rows, ForwardTensors tensors) {
        List<NodeScores> scores = new ArrayList<>();
        for (Span span : spans) {
            scores.add(new DjlNodeScores(tensors, rows.firstScored(scores.size()), span.scoredRows()));
        }
        return scores;
    }

    @Override
    public void close() {
        this.slabs.close();
        this.program.close();
    }

}
