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
final class DjlKvCache implements KvCache {

    private final NDManager manager;

    private final ScriptModule program;

    private final AttentionKernel attention;

    private NDArray rows; // [layers, 2·kv, keys(capacity), dim]

    private IValue all; // the rows as an argument

    private int capacity;

    private int length;

    private int seenKeys; // of the views

    private Optional<IValue> views = Optional.empty(); // what the program makes of it

    private boolean closed;

    DjlKvCache(NDManager manager, ScriptModule program, AttentionKernel attention, NDArray all, int capacity) {
        this.manager = manager;
        this.program = program;
        this.attention = attention;
        this.rows = all;
        this.all = ScriptModule.argument(all);
        this.capacity = capacity;
    }

    /** Returns the number of keys that a call has to see to see some more rows. */
    int keys(int rows) {
        return this.attention.keys(this.length + rows);
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

    void append(int tokens) {
        this.length += tokens;
    }

    @Override
    public int length() {
        return this.length;
    }

    @Override
    public int capacity() {
        return this.capacity;
    }

    @Override
    public void grow(int capacityTokens) {
        if (capacityTokens < this.capacity) {
            throw new IllegalArgumentException(
                    "a cache of " + this.capacity + " tokens does not shrink to " + capacityTokens);
        }
        int more = this.attention.keys(capacityTokens) - this.attention.keys(this.capacity);
        if (more > 0) {
            replace(more, capacityTokens);
        }
        this.capacity = capacityTokens;
    }

    @Override
    public void copy(KvCache source, int tokens) {
        if (this.length > 0 || tokens > source.length() || tokens > this.capacity) {
            throw new IllegalArgumentException("a cache of " + this.length + " tokens with room for " + this.capacity
                    + " can not take " + tokens + " of " + source.length());
        }
        try (IValue count = IValue.from((long) tokens);
                IValue end = this.program.call("shared", this.all, ((DjlKvCache) source).all, count)) {
            this.length = (int) end.toLong();
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
        return Math.min(this.attention.treeRows(this.length), this.capacity - this.length);
    }

    @Override
    public void commit(int[] path) {
        if (path.length == 0 || path[0] != 0) {
            throw new IllegalArgumentException("an accepted path starts at the root");
        }
        if (path[path.length - 1] != path.length - 1) {
            try (IValue start = IValue.from((long) this.length);
                    IValue nodes = IValue.listFrom(DjlTargetModel.longs(path));
                    IValue end = this.program.call("commit", this.all, start, nodes)) {
                this.length = (int) end.toLong();
            }
        }
        else {
            this.length += path.length; // the rows already lie where they belong
        }
    }

    @Override
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > this.length) {
            throw new IllegalArgumentException("length must be in 0.." + this.length + ", was " + newLength);
        }
        this.length = newLength;
    }

    @Override
    public void close() {
        if (!this.closed) {
            this.closed = true;
            this.views.ifPresent(IValue::close);
            this.all.close();
            this.manager.close();
        }
    }

}
