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
 * A sequence that is too long to lie beside others has room to grow: addresses for
 * several times as many keys, where those cost nothing. To grow is to write to more of
 * them then, while another tensor would be a copy of all that was read, and for a moment
 * twice the memory.
 *
 * Sequences of one size share a slab, which doubles when it is full and halves when it is
 * empty but for a quarter; those that are there move, so that what is copied for that
 * stays below what they have read. Beyond a number of slots, or of bytes, another slab
 * begins.
 */
final class KvSlabs implements AutoCloseable {

    /** Slots that a slab has at most, and their bytes together. */
    private static final int MOST_SLOTS = 16;

    private static final long MOST_BYTES = 256L << 20;

    /** Keys for which a sequence by itself has room, or several times its own. */
    private static final int ROOM = 4096;

    private static final int TIMES = 4;

    private static final int ROOM_MULTIPLE = 1024;

    /**
     * The keys of one number of a head lie behind each other, and those of the next
     * number as many further as there is room for. Were that a multiple of a page, the
     * first keys of all numbers would want the same places of the processor's caches.
     */
    private static final int ROOM_BESIDE = 128;

    /** A slab of which so small a part is taken becomes smaller. */
    private static final int SPARSE = 4;

    private final LlamaProgram model;

    private final ScriptModule program;

    private final ScriptModule readers;

    private final ProgramWeights weights;

    private final NDManager manager;

    private final boolean addressesAreFree;

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
        this.addressesAreFree = !manager.getDevice().isGpu() && AddressSpace.ofThisProcess().isFree();
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
            return takeRoom(keys);
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

    /** Takes a slot by itself in which a sequence can become longer. */
    private KvSlot takeRoom(int keys) {
        if (this.addressesAreFree) {
            try {
                return alone(create("room", room(keys), 1, 0));
            }
            catch (EngineException ex) {
                // more than this machine has at all
            }
        }
        return takeAlone(keys);
    }

    /** Returns for how many keys there is room where so many are asked for. */
    private int room(int keys) {
        long most = Math.max(keys, this.model.config().maxPositions());
        long wanted = Math.min(most, Math.max(ROOM, (long) TIMES * keys));
        return (int) ((wanted + ROOM_MULTIPLE - 1) / ROOM_MULTIPLE) * ROOM_MULTIPLE + ROOM_BESIDE;
    }

    /**
     * Takes a slot by itself, of that size.
     * @param keys its keys
     * @throws EngineException if there is no memory for it
     */
    KvSlot takeAlone(int keys) {
        return alone(create(keys, 1));
    }

    private KvSlot alone(KvSlab slab) {
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
        return create("cache", keys, slots, keys);
    }

    private KvSlab create(String method, int keys, int slots, int definedKeys) {
        NDManager owner = this.manager.newSubManager();
        try (IValue like = ScriptModule.argument(this.weights.embedding());
                IValue type = IValue.from((long) attention().scalarType());
                IValue shape = IValue.listFrom(this.model.config().layers(), 2, slots,
                        this.model.config().keyValueHeads(), keys, this.model.config().headDim())) {
            return new KvSlab(owner, this.program, this.readers.callForArray(method, owner, like, shape, type),
                    definedKeys);
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
