package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

/**
 * The slabs of a model: where a sequence's keys and values lie, so that those of several
 * lie side by side where that pays. Confined to the thread of the model.
 */
/*
 * Sequences of one size share a slab, which doubles when it is full and halves when it is
 * empty but for a quarter; those that are there move, so that what is copied for that
 * stays below what they have read. Beyond a number of slots, or of bytes, another slab
 * begins.
 */
final class KvSlabs implements AutoCloseable {

    /** Slots that a slab has at most, and their bytes together. */
    private static final int MOST_SLOTS = 16;

    private static final long MOST_BYTES = 256L << 20;

    /** A slab of which so small a part is taken becomes smaller. */
    private static final int SPARSE = 4;

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

    /** Returns the most rows of a forward that get the bits that each would get alone. */
    int exactRows() {
        return this.model.kernel().exactRows();
    }

    ScriptModule program() {
        return this.program;
    }

    /**
     * Takes a slot, beside others of its size if there are any.
     * @param keys its keys
     * @throws EngineException if there is no memory for it
     */
    KvSlot take(int keys) {
        if (!isShared(keys)) {
            return takeAlone(keys);
        }
        List<KvSlab> alike = this.slabs.stream().filter((slab) -> slab.keys() == keys).toList();
        for (KvSlab slab : alike) {
            if (!slab.isFull()) {
                return new KvSlot(this.program, slab);
            }
        }
        for (KvSlab slab : alike) {
            int slots = 2 * slab.slots();
            if (slots <= MOST_SLOTS && slots * bytes(keys) <= MOST_BYTES) {
                try {
                    return new KvSlot(this.program, replace(slab, slots));
                }
                catch (EngineException ex) { // then one by itself
                    return takeAlone(keys);
                }
            }
        }
        KvSlab slab = create(keys, 1);
        this.slabs.add(slab);
        return new KvSlot(this.program, slab);
    }

    /** Returns whether slots of so many keys lie beside each other. */
    boolean isShared(int keys) {
        return attention().grouped() && keys <= AttentionUnits.MOST_KEYS;
    }

    /**
     * Takes a slot by itself.
     * @param keys its keys
     * @throws EngineException if there is no memory for it
     */
    KvSlot takeAlone(int keys) {
        KvSlab slab = create(keys, 1);
        try {
            return new KvSlot(this.program, slab);
        }
        catch (RuntimeException | Error ex) {
            slab.close();
            throw ex;
        }
    }

    /** Moves all slots to a slab of another number of them, or none. */
    private KvSlab replace(KvSlab slab, int slots) {
        KvSlab other = create(slab.keys(), slots);
        List<KvSlot.Move> moves = new ArrayList<>();
        try {
            slab.taken().forEach((slot) -> moves.add(slot.copyTo(other)));
        }
        catch (RuntimeException | Error ex) {
            moves.forEach(KvSlot.Move::close);
            other.close();
            throw ex;
        }
        moves.forEach(KvSlot.Move::take);
        this.slabs.set(this.slabs.indexOf(slab), other);
        slab.close();
        return other;
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
            return new KvSlab(owner, this.program, this.readers.callForArray("cache", owner, like, shape, type));
        }
        catch (RuntimeException | Error ex) {
            owner.close();
            throw ex;
        }
    }

    /** Gives a slot back, and frees what nobody needs. */
    void give(KvSlot slot) {
        KvSlab slab = slot.slab();
        slot.leave();
        if (slab.takenSlots() == 0) {
            this.slabs.remove(slab);
            slab.close();
        }
        else if (slab.takenSlots() <= slab.slots() / SPARSE && this.slabs.contains(slab)) {
            try {
                replace(slab, slab.slots() / 2);
            }
            catch (EngineException ex) {
                // no memory to move, so it stays as large as it is
            }
        }
    }

    @Override
    public void close() {
        this.slabs.forEach(KvSlab::close);
        this.slabs.clear();
    }

}
