package dev.cerberus.djl;

import java.util.BitSet;
import java.util.Optional;
import java.util.stream.LongStream;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

/**
 * Slots of one size side by side in one tensor, each for the keys and values of a
 * sequence, so that one call attends for several. Confined to the thread of the model.
 */
final class KvSlab implements AutoCloseable {

    private final NDManager owner;

    private final ScriptModule program;

    private final IValue rows; // [layers, 2, slots, kv, keys, dim]

    private final int slots;

    private final int heads;

    private final int keys;

    private final BitSet taken = new BitSet();

    private final BitSet used = new BitSet(); // once, by a sequence that may be gone

    private SeenSlots seen = new SeenSlots(0, 0, 0);

    private Optional<IValue> views = Optional.empty(); // of what is seen

    /**
     * Creates a slab without sequences.
     * @param owner owns the tensor, and is closed with the slab
     * @param program a program with the methods of {@code attention_groups.py}
     * @param rows zeros, [layers, 2, slots, kv, keys, dim]
     */
    KvSlab(NDManager owner, ScriptModule program, NDArray rows) {
        this.owner = owner;
        this.program = program;
        this.rows = ScriptModule.argument(rows);
        this.slots = (int) rows.getShape().get(2);
        this.heads = (int) rows.getShape().get(3);
        this.keys = (int) rows.getShape().get(4);
    }

    int slots() {
        return this.slots;
    }

    /** Returns the keys of a slot. */
    int keys() {
        return this.keys;
    }

    int takenSlots() {
        return this.taken.cardinality();
    }

    boolean isFull() {
        return takenSlots() == this.slots;
    }

    /**
     * Takes the first free slot, which holds zeros.
     * @return its index
     */
    int take() {
        int index = this.taken.nextClearBit(0);
        if (this.used.get(index)) {
            try (IValue which = IValue.from((long) index)) {
                this.program.call("emptied", this.rows, which).close();
            }
        }
        this.taken.set(index);
        this.used.set(index);
        return index;
    }

    void give(int index) {
        this.taken.clear(index);
    }

    /**
     * Adds which rows of a layer of the slab, all in one, those of a token are: keys of
     * all heads, then values.
     */
    void addRows(LongStream.Builder found, int slot, int position) {
        for (int kind = 0; kind < 2; kind++) {
            for (int head = 0; head < this.heads; head++) {
                found.add(((kind * this.slots + slot) * (long) this.heads + head) * this.keys + position);
            }
        }
    }

    /** Returns the rows of a slot, [layers, 2, kv, keys, dim]; the caller closes it. */
    IValue slot(int index) {
        try (IValue which = IValue.from((long) index)) {
            return this.program.call("slot", this.rows, which);
        }
    }

    /**
     * Returns views of the first keys and values of some slots, as the program wants
     * them; valid until the next call.
     */
    IValue seen(int first, int end, int seenKeys) {
        SeenSlots wanted = new SeenSlots(first, end, seenKeys);
        if (this.views.isEmpty() || !wanted.equals(this.seen)) {
            this.views.ifPresent(IValue::close);
            this.views = Optional.empty();
            try (IValue from = IValue.from((long) first);
                    IValue to = IValue.from((long) end);
                    IValue count = IValue.from((long) seenKeys)) {
                this.views = Optional.of(this.program.call("seen_together", this.rows, from, to, count));
            }
            this.seen = wanted;
        }
        return this.views.get();
    }

    @Override
    public void close() {
        this.views.ifPresent(IValue::close);
        this.rows.close();
        this.owner.close();
    }

    /**
     * What the views show.
     *
     * @param first the first slot
     * @param end the slot behind the last
     * @param keys keys of each
     */
    private record SeenSlots(int first, int end, int keys) {
    }

}
