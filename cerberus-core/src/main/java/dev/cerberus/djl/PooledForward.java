package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;

/**
 * A forward of sequences whose keys and values lie in one pool: what is to be known goes
 * to the device in one copy, what is found comes back in one.
 */
final class PooledForward implements ForwardPass {

    /**
     * Logits whose noise is computed at once: as few that four tensors of eight bytes
     * each do not ask for memory that a large tree and a large vocabulary would miss.
     */
    private static final int SAMPLED_AT_ONCE = 1 << 21;

    private final ScriptModule program;

    private final ScriptModule readers;

    private final ProgramWeights weights;

    private final IValue frequencies;

    private final int group;

    private final NDManager owner;

    private final KvPool pool;

    PooledForward(LlamaProgram model, ScriptModule readers, ProgramWeights weights, IValue frequencies,
            NDManager manager) {
        this.program = ScriptModule.load(manager, source(model).toString());
        this.readers = readers;
        this.weights = weights;
        this.frequencies = frequencies;
        this.group = model.config().heads() / model.config().keyValueHeads();
        this.owner = manager.newSubManager();
        try (IValue like = ScriptModule.argument(weights.embedding());
                IValue type = IValue.from((long) model.attention().scalarType());
                IValue shape = IValue.listFrom(model.config().layers(), 0, 2L * model.config().keyValueSize())) {
            this.pool = new KvPool(this.owner, this.program,
                    readers.callForArray("cache", this.owner, like, shape, type));
        }
    }

    /** Returns the source of all calls. */
    static ProgramSource source(LlamaProgram model) {
        return model.source("target_pooled.py", "sampled.py").constant("SAMPLED_AT_ONCE", SAMPLED_AT_ONCE);
    }

    @Override
    public TokenCache newCache(int capacity) {
        return new PooledKvCache(this.pool, capacity);
    }

    @Override
    public void expectRows(long rows) {
        this.pool.expectRows(rows);
    }

    @Override
    public List<NodeScores> run(List<Span> spans, NDManager scope) {
        PooledRows rows = new PooledRows(spans, this.group);
        ForwardTensors tensors = tensors(rows, scope, spans.size());
        int[] first = rows.firstScored(spans);
        List<NodeScores> scores = new ArrayList<>();
        for (int i = 0; i < first.length; i++) {
            scores.add(new DjlNodeScores(tensors, first[i], spans.get(i).scoredRows()));
        }
        return scores;
    }

    private ForwardTensors tensors(PooledRows rows, NDManager scope, int users) {
        int scored = rows.scored();
        try (IValue numbers = IValue.listFrom(rows.numbers());
                IValue layout = IValue.listFrom(rows.layout());
                IValue wanted = IValue.from((long) scored);
                IValue sampled = IValue.from((long) rows.sampled().count());
                IValue filters = IValue.listFrom(rows.sampled().filters())) {
            if (scored == 0) {
                this.program
                    .callForArray("states", scope, numbers, layout, this.weights.vectors(), this.weights.matrices(),
                            this.frequencies, this.pool.layers())
                    .close();
                return new ForwardTensors(scope, this.readers, this.weights.rotation(), new NDArray[0],
                        FoundTokens.NONE, true, users);
            }
            NDArray[] out = this.program.callForArrays("step", scope, numbers, layout, wanted, sampled, filters,
                    this.weights.vectors(), this.weights.matrices(), this.frequencies, this.pool.layers());
            FoundTokens tokens = FoundTokens.read(out[2].toFloatArray(), scored, rows.sampled().rows());
            return new ForwardTensors(scope, this.readers, this.weights.rotation(), out, tokens, true, users);
        }
    }

    @Override
    public void close() {
        this.pool.close();
        this.owner.close();
        this.program.close();
    }

}
