package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;

/**
 * A forward of sequences that have a cache each.
 */
final class SeparateForward implements ForwardPass {

    private final LlamaProgram model;

    private final ScriptModule program;

    private final ScriptModule readers;

    private final ProgramWeights weights;

    private final IValue frequencies;

    private final NDManager manager;

    SeparateForward(LlamaProgram model, ScriptModule readers, ProgramWeights weights, IValue frequencies,
            NDManager manager) {
        this.model = model;
        this.program = ScriptModule.load(manager, model.source("target.py").toString());
        this.readers = readers;
        this.weights = weights;
        this.frequencies = frequencies;
        this.manager = manager;
    }

    @Override
    public TokenCache newCache(int capacity) {
        NDManager owner = this.manager.newSubManager();
        AttentionKernel attention = this.model.attention();
        try (IValue like = ScriptModule.argument(this.weights.embedding());
                IValue type = IValue.from((long) attention.scalarType());
                IValue shape = IValue.listFrom(this.model.config().layers(), 2L * this.model.config().keyValueHeads(),
                        attention.keys(capacity), this.model.config().headDim())) {
            NDArray all = this.readers.callForArray("cache", owner, like, shape, type);
            return new DjlKvCache(owner, this.program, attention, all, capacity);
        }
        catch (RuntimeException ex) {
            owner.close();
            throw ex;
        }
    }

    @Override
    public List<NodeScores> run(List<Span> spans, NDManager scope) {
        try (SpanRows rows = new SpanRows(spans)) {
            return split(spans, tensors(rows, scope, spans.size()));
        }
    }

    private ForwardTensors tensors(SpanRows rows, NDManager scope, int users) {
        if (rows.scoredCount() == 0) {
            this.program
                .callForArray("states", scope, rows.tokens(), rows.positions(), rows.spans(), rows.keys(), rows.trees(),
                        this.weights.vectors(), this.weights.matrices(), this.frequencies, rows.caches())
                .close();
            return new ForwardTensors(scope, this.readers, this.weights.rotation(), new NDArray[0], new int[0],
                    new float[0], false, users);
        }
        NDArray[] out = this.program.callForArrays("step", scope, rows.tokens(), rows.positions(), rows.spans(),
                rows.keys(), rows.trees(), rows.scored(), this.weights.vectors(), this.weights.matrices(),
                this.frequencies, rows.caches());
        long[] best = out[2].toLongArray();
        int[] tokens = new int[best.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) best[i];
        }
        return new ForwardTensors(scope, this.readers, this.weights.rotation(), out, tokens, out[3].toFloatArray(),
                false, users);
    }

    private static List<NodeScores> split(List<Span> spans, ForwardTensors tensors) {
        List<NodeScores> scores = new ArrayList<>();
        int first = 0;
        for (Span span : spans) {
            scores.add(new DjlNodeScores(tensors, first, span.scoredRows()));
            first += span.scoredRows();
        }
        return scores;
    }

    @Override
    public void close() {
        this.program.close();
    }

}
