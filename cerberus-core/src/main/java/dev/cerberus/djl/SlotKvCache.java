package dev.cerberus.djl;

import java.util.Optional;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelException;

/**
 * The cache of a sequence as a slot of a slab, written in place, and copied to another
 * slab where it grows.
 */
final class SlotKvCache extends TokenCache {

    private final KvSlabs slabs;

    private KvSlabs.Slot slot;

    private int seenKeys; // of the views

    private Optional<IValue> views = Optional.empty(); // what the program makes of it

    SlotKvCache(KvSlabs slabs, int capacity) {
        super(capacity);
        this.slabs = slabs;
        this.slot = slabs.take(slabs.attention().keys(capacity));
    }

    /** Returns the number of keys that a call has to see to see some more rows. */
    int keys(int rows) {
        return this.slabs.attention().keys(length() + rows);
    }

    /** Returns the slab in which the sequence's rows lie. */
    KvSlab slab() {
        return this.slot.slab();
    }

    /** Returns where in the slab they lie. */
    int slot() {
        return this.slot.index();
    }

    /**
     * Returns views of the first keys and values of every layer, as the program wants
     * them; valid until the next call.
     */
    IValue seen(int keys) {
        if (this.views.isEmpty() || this.seenKeys != keys) {
            forgetViews();
            try (IValue count = IValue.from((long) keys)) {
                this.views = Optional.of(this.slabs.program().call("seen", this.slot.rows(), count));
                this.seenKeys = keys;
            }
        }
        return this.views.get();
    }

    private void forgetViews() {
        this.views.ifPresent(IValue::close);
        this.views = Optional.empty();
    }

    @Override
    void resize(int capacityTokens) {
        int keys = this.slabs.attention().keys(capacityTokens);
        if (keys != slab().keys()) {
            try {
                moveTo(this.slabs.take(keys));
            }
            catch (EngineException ex) {
                throw new ModelException("No memory for a KV cache of " + capacityTokens
                        + " tokens; lower cerberus.engine.kv-cache-tokens or cerberus.model.max-context", ex);
            }
        }
    }

    @Override
    int shrink(int capacityTokens) {
        int keys = this.slabs.attention().keys(capacityTokens);
        if (keys < slab().keys() || slab().slots() > 1) {
            try {
                moveTo(this.slabs.takeAlone(keys));
            }
            catch (EngineException ex) { // no room to move
                return capacity();
            }
        }
        return capacityTokens;
    }

    private void moveTo(KvSlabs.Slot target) {
        copy(this.slot.rows(), target.rows(), length());
        forgetViews();
        this.slabs.give(this.slot);
        this.slot = target;
    }

    @Override
    void take(KvCache source, int tokens) {
        copy(((SlotKvCache) source).slot.rows(), this.slot.rows(), tokens);
    }

    private void copy(IValue source, IValue target, int tokens) {
        try (IValue count = IValue.from((long) tokens)) {
            this.slabs.program().call("shared", target, source, count).close();
        }
    }

    @Override
    public int treeRows() {
        return Math.min(this.slabs.attention().treeRows(length()), super.treeRows());
    }

    @Override
    void keep(int[] path) {
        try (IValue start = IValue.from((long) length()); IValue nodes = IValue.listFrom(DjlTargetModel.longs(path))) {
            this.slabs.program().call("commit", this.slot.rows(), start, nodes).close();
        }
    }

    @Override
    void free() {
        forgetViews();
        this.slabs.give(this.slot);
    }

}
