package dev.cerberus.djl;

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

    private KvSlot slot;

    SlotKvCache(KvSlabs slabs, int capacity) {
        super(capacity);
        this.slabs = slabs;
        this.slot = slabs.take(slabs.attention().keys(capacity));
    }

    /** Returns the number of keys that a call has to see to see some more rows. */
    int keys(int rows) {
        return this.slabs.attention().keys(length() + rows);
    }

    /** Returns where the rows lie at the moment. */
    KvSlot slot() {
        return this.slot;
    }

    @Override
    void resize(int capacityTokens) {
        int keys = this.slabs.attention().keys(capacityTokens);
        if (keys != this.slot.slab().keys()) {
            try {
                moveTo(this.slabs.take(keys));
            }
            catch (EngineException ex) {
                throw OutOfMemory.ofCache(capacityTokens + " tokens", ex);
            }
        }
    }

    /**
     * A slot beside others is in the way of those who compute together; one by itself is
     * not, and to copy all that it holds takes longer than a forward.
     */
    @Override
    public void park() {
        if (this.slabs.isShared(this.slot.slab().keys())) {
            trim();
        }
    }

    @Override
    int shrink(int capacityTokens) {
        int keys = this.slabs.attention().keys(capacityTokens);
        try {
            moveTo(this.slabs.takeAlone(keys));
            return capacityTokens;
        }
        catch (EngineException ex) { // no room to move
            return capacity();
        }
    }

    private void moveTo(KvSlot target) {
        try {
            target.copy(this.slot, length());
        }
        catch (RuntimeException | Error ex) {
            this.slabs.give(target);
            throw ex;
        }
        this.slabs.give(this.slot);
        this.slot = target;
    }

    @Override
    void take(KvCache source, int tokens) {
        this.slot.copy(((SlotKvCache) source).slot, tokens);
    }

    @Override
    public int treeRows() {
        return Math.min(Math.min(this.slabs.attention().treeRows(length()), this.slabs.exactRows()), super.treeRows());
    }

    @Override
    void keep(int[] path) {
        try (IValue start = IValue.from((long) length()); IValue nodes = IValue.listFrom(DjlTargetModel.longs(path))) {
            this.slabs.program().call("commit", this.slot.rows(), start, nodes).close();
        }
    }

    @Override
    void free() {
        this.slabs.give(this.slot);
    }

}
