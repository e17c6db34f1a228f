package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.KvCache;

/**
 * A cache of one tensor, allocated once and written in place.
 */
final class DjlKvCache implements KvCache {

    private final NDManager manager;

    private final ScriptModule program;

    private final IValue all; // [layers, capacity, 2·kv, dim]

    private final IValue layers; // views of it, [capacity, 2·kv, dim] per layer

    private final int capacity;

    private int length;

    private boolean closed;

    DjlKvCache(NDManager manager, ScriptModule program, NDArray all, List<NDArray> layers, int capacity) {
        this.manager = manager;
        this.program = program;
        this.all = ScriptModule.argument(all);
        this.layers = ScriptModule.listArgument(new ArrayList<>(layers));
        this.capacity = capacity;
    }

    IValue layers() {
        return this.layers;
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
            this.layers.close();
            this.all.close();
            this.manager.close();
        }
    }

}
