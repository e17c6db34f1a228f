package dev.cerberus.djl;

import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

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

    private final int keys;

    private final long numbers; // of the keys of a slot in one layer, and of its values

    private final NavigableMap<Integer, KvSlot> taken = new TreeMap<>();

    private final BitSet used = new BitSet(); // once, by a sequence that may be gone

    /** What the program makes of some slots, least recently used first. */
    private final Map<SeenSlots, IValue> views = new LinkedHashMap<>(16, 0.75f, true);

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
        this.keys = (int) rows.getShape().get(4);
        this.numbers = rows.getShape().get(3) * this.keys * rows.getShape().get(5);
    }

    int slots() {
        return this.slots;
    }

    /** Returns the keys of a slot. */
    int keys() {
        return this.keys;
    }

    /** Returns who is there, in the order of places. */
    List<KvSlot> taken() {
        return List.copyOf(this.taken.values());
    }

    int takenSlots() {
        return this.taken.size();
    }

    boolean isFull() {
        return takenSlots() == this.slots;
    }

    /**
     * Takes the first free slot, which holds zeros.
     * @param owner who is there from now on
     * @return its index
     */
    int take(KvSlot owner) {
        int index = 0;
        while (this.taken.containsKey(index)) {
            index++;
        }
        if (this.used.get(index)) {
            try (IValue which = IValue.from((long) index)) {
                this.program.call("emptied", this.rows, which).close();
            }
        }
        this.taken.put(index, owner);
        this.used.set(index);
        return index;
    }

    void give(int index) {
        this.taken.remove(index);
    }

    /** Returns where a slot begins among the keys of a layer, in numbers. */
    long begin(int slot) {
        return slot * this.numbers;
    }

    /** Returns the rows of a slot, [layers, 2, kv, keys, dim]; the caller closes it. */
    IValue rows(int index) {
        try (IValue which = IValue.from((long) index)) {
            return this.program.call("slot", this.rows, which);
        }
    }

    /**
     * Returns views of the first keys and values of some slots, as the program wants
     * them; valid until as many others were asked for as a forward has at most of one
     * slab.
     */
    IValue seen(int first, int end, int seenKeys) {
        SeenSlots wanted = new SeenSlots(first, end, seenKeys);
        IValue known = this.views.get(wanted);
        if (known != null) {
            return known;
        }
        if (this.views.size() == AttentionUnits.MOST_GROUPS) {
            Iterator<IValue> oldest = this.views.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        try (IValue from = IValue.from((long) first);
                IValue to = IValue.from((long) end);
                IValue count = IValue.from((long) seenKeys)) {
            IValue made = this.program.call("seen_together", this.rows, from, to, count);
            this.views.put(wanted, made);
            return made;
        }
    }

    @Override
    public void close() {
        this.views.values().forEach(IValue::close);
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
