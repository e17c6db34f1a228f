package dev.cerberus.djl;

import java.util.Optional;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelException;

/**
 * A cache of one tensor, written in place, and copied where it grows.
 */
final class DjlKvCache extends TokenCache {

    private final NDManager manager;

    private final ScriptModule program;

    private final AttentionKernel attention;

    private NDArray rows; // [layers, 2·kv, keys(capacity), dim]

    private IValue all; // the rows as an argument

    private int seenKeys; // of the views

    private Optional<IValue> views = Optional.empty(); // what the program makes of it

    DjlKvCache(NDManager manager, ScriptModule program, AttentionKernel attention, NDArray all, int capacity) {
        super(capacity);
        this.manager = manager;
        this.program = program;
        this.attention = attention;
        this.rows = all;
        this.all = ScriptModule.argument(all);
    }

    /** Returns the number of keys that a call has to see to see some more rows. */
    int keys(int rows) {
        return this.attention.keys(length() + rows);
    }

    /**
     * Returns views of the first keys and values of every layer, as the program wants
     * them; valid until the next call.
     */
    IValue seen(int keys) {
        if (this.views.isEmpty() || this.seenKeys != keys) {
            this.views.ifPresent(IValue::close);
            try (IValue count = IValue.from((long) keys)) {
                this.views = Optional.of(this.program.call("seen", this.all, count));
                this.seenKeys = keys;
            }
        }
        return this.views.get();
    }

    @Override
    void resize(int capacityTokens) {
        int more = this.attention.keys(capacityTokens) - this.attention.keys(capacity());
        if (more > 0) {
            replace(more, capacityTokens);
        }
    }

    @Override
    void take(KvCache source, int tokens) {
        try (IValue count = IValue.from((long) tokens)) {
            this.program.call("shared", this.all, ((DjlKvCache) source).all, count).close();
        }
    }

    private void replace(int more, int capacityTokens) {
        NDArray larger;
        try (IValue count = IValue.from((long) more)) {
            larger = this.program.callForArray("grown", this.manager, this.all, count);
        }
        catch (EngineException ex) {
            throw new ModelException("No memory for a KV cache of " + capacityTokens
                    + " tokens; lower cerberus.engine.kv-cache-tokens or cerberus.model.max-context", ex);
        }
        this.views.ifPresent(IValue::close);
        this.views = Optional.empty();
        this.all.close();
        this.rows.close();
        this.rows = larger;
        this.all = ScriptModule.argument(larger);
    }

    @Override
    public int treeRows() {
        return Math.min(this.attention.treeRows(length()), super.treeRows());
    }

    @Override
    void keep(int[] path) {
        try (IValue start = IValue.from((long) length()); IValue nodes = IValue.listFrom(DjlTargetModel.longs(path))) {
            this.program.call("commit", this.all, start, nodes).close();
        }
    }

    @Override
    void free() {
        this.views.ifPresent(IValue::close);
        this.all.close();
        this.manager.close();
    }

}
