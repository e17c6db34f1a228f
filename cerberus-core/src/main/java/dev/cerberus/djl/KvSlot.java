package dev.cerberus.djl;

import java.util.Optional;

import ai.djl.pytorch.jni.IValue;

/**
 * Where a sequence's keys and values lie: a place in a slab, which may become another one
 * whenever slots are taken or given back. Confined to the thread of the model.
 */
final class KvSlot {

    private final ScriptModule program;

    private KvSlab slab;

    private int index;

    private IValue rows; // [layers, 2, kv, keys, dim]

    private int seenKeys; // of the views

    private Optional<IValue> views = Optional.empty(); // what the program makes of the
                                                       // rows

    /**
     * Takes a free place.
     * @param program a program with the methods of {@code attention.py}
     * @param slab a slab that is not full
     */
    KvSlot(ScriptModule program, KvSlab slab) {
        this.program = program;
        this.slab = slab;
        this.index = slab.take(this);
        try {
            this.rows = slab.rows(this.index);
        }
        catch (RuntimeException | Error ex) {
            slab.give(this.index);
            throw ex;
        }
    }

    KvSlab slab() {
        return this.slab;
    }

    int index() {
        return this.index;
    }

    IValue rows() {
        return this.rows;
    }

    /**
     * Returns views of the first keys and values of every layer, as the program wants
     * them; valid until the next call, and until the slot moves.
     */
    IValue seen(int keys) {
        if (this.views.isEmpty() || this.seenKeys != keys) {
            forgetViews();
            try (IValue count = IValue.from((long) keys)) {
                this.views = Optional.of(this.program.call("seen", this.rows, count));
                this.seenKeys = keys;
            }
        }
        return this.views.get();
    }

    /** Takes the first tokens of another slot. */
    void copy(KvSlot source, int tokens) {
        copy(source.rows, this.rows, tokens);
    }

    private void copy(IValue source, IValue target, int tokens) {
        try (IValue count = IValue.from((long) tokens)) {
            this.program.call("shared", target, source, count).close();
        }
    }

    /**
     * Copies all that is there to a free place of another slab of the same size.
     * @return the way there, to be taken or closed
     */
    Move copyTo(KvSlab target) {
        int place = target.take(this);
        IValue there = target.rows(place);
        Move move = new Move(target, place, there);
        try {
            copy(this.rows, there, target.keys());
            return move;
        }
        catch (RuntimeException | Error ex) {
            move.close();
            throw ex;
        }
    }

    /** Gives the place back. */
    void leave() {
        forgetViews();
        this.rows.close();
        this.slab.give(this.index);
    }

    /** A place that a slot may go to. Closing frees what belongs to the way. */
    final class Move implements AutoCloseable {

        private final KvSlab target;

        private final int place;

        private final IValue there;

        private Move(KvSlab target, int place, IValue there) {
            this.target = target;
            this.place = place;
            this.there = there;
        }

        /** Goes there, and gives the old place back. */
        void take() {
            leave();
            KvSlot.this.slab = this.target;
            KvSlot.this.index = this.place;
            KvSlot.this.rows = this.there;
        }

        /** Stays. */
        @Override
        public void close() {
            this.there.close();
        }

    }

    private void forgetViews() {
        this.views.ifPresent(IValue::close);
        this.views = Optional.empty();
    }

}
