package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

/**
 * The slabs of a model: where a sequence's keys and values lie, so that those of several
 * lie side by side where that pays. Confined to the thread of the model.
 */
/*
 * The first sequence of a size gets a slab of its own, and as many slots again are made
 * whenever all of that size are taken: 1, 1, 2, 4, 8. Later ones fill the largest slab
 * first, so that small ones run empty and are freed. Nothing is ever copied for that.
 */
final class KvSlabs implements AutoCloseable {

    /** Slots that a slab has at most, and their bytes together. */
    private static final int MOST_SLOTS = 16;

    private static final long MOST_BYTES = 128L << 20;

    private final LlamaProgram model;

    private final ScriptModule program;

    private final ScriptModule readers;

    private final ProgramWeights weights;

    private final NDManager manager;

    private final List<KvSlab> slabs = new ArrayList<>();

    /**
     * Creates slabs without slots.
     * @param model what the slots are made for
     * @param program the model's program
     * @param readers a program with the methods of {@code tables.py}
     * @param weights the model's weights, whose device is that of the slabs
     * @param manager owns the slabs
     */
    KvSlabs(LlamaProgram model, ScriptModule program, ScriptModule readers, ProgramWeights weights, NDManager manager) {
        this.model = model;
        this.program = program;
        this.readers = readers;
        this.weights = weights;
        this.manager = manager;
    }

    AttentionKernel attention() {
        return this.model.attention();
    }

    ScriptModule program() {
        return this.program;
    }

    /** Returns the slabs that have a sequence. */
    int count() {
        return this.slabs.size();
    }

    /**
     * Takes a slot, beside others of its size if there are any.
     * @param keys its keys
     * @throws EngineException if there is no memory for it
     */
    Slot take(int keys) {
        Optional<KvSlab> free = this.slabs.stream()
            .filter((slab) -> slab.keys() == keys && !slab.isFull())
            .max(Comparator.comparingInt(KvSlab::slots));
        if (free.isPresent()) {
            return slot(free.get());
        }
        int others = this.slabs.stream().filter((slab) -> slab.keys() == keys).mapToInt(KvSlab::slots).sum();
        int slots = (int) Math.max(1, Math.min(Math.min(others, MOST_SLOTS), MOST_BYTES / bytes(keys)));
        if (attention().grouped() && keys <= AttentionUnits.MOST_KEYS && slots > 1) {
            try {
                return slot(create(keys, slots));
            }
            catch (EngineException ex) { // then one by itself
                return takeAlone(keys);
            }
        }
        return takeAlone(keys);
    }

    /**
     * Takes a slot that will hardly be used.
     * @param keys its keys
     * @throws EngineException if there is no memory for it
     */
    Slot takeAlone(int keys) {
        return slot(create(keys, 1));
    }

    private static Slot slot(KvSlab slab) {
        int index = slab.take();
        return new Slot(slab, index, slab.slot(index));
    }

    private long bytes(int keys) {
        return 2L * this.model.config().layers() * this.model.config().keyValueSize() * keys * attention().bytes();
    }

    private KvSlab create(int keys, int slots) {
        NDManager owner = this.manager.newSubManager();
        try (IValue like = ScriptModule.argument(this.weights.embedding());
                IValue type = IValue.from((long) attention().scalarType());
                IValue shape = IValue.listFrom(this.model.config().layers(), 2, slots,
                        this.model.config().keyValueHeads(), keys, this.model.config().headDim())) {
            KvSlab slab = new KvSlab(owner, this.program, this.readers.callForArray("cache", owner, like, shape, type));
            this.slabs.add(slab);
            return slab;
        }
        catch (RuntimeException ex) {
            owner.close();
            throw ex;
        }
    }

    /** Gives a slot back, and frees what has none that is taken. */
    void give(Slot slot) {
        slot.rows().close();
        slot.slab().give(slot.index());
        if (slot.slab().takenSlots() == 0) {
            this.slabs.remove(slot.slab());
            slot.slab().close();
        }
    }

    @Override
    public void close() {
        this.slabs.forEach(KvSlab::close);
        this.slabs.clear();
    }

    /**
     * Where a sequence's keys and values lie.
     *
     * @param slab the slab
     * @param index the slot
     * @param rows the rows of the slot, [layers, 2, kv, keys, dim]
     */
    record Slot(KvSlab slab, int index, IValue rows) {
    }

}
