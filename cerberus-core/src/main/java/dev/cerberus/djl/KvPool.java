package dev.cerberus.djl;

import java.util.OptionalInt;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;

import dev.cerberus.model.ModelException;

/**
 * The keys and values of all sequences of a model in one tensor, so that one native call
 * attends for all of them. It grows when a sequence needs more than is free, and does not
 * shrink. Confined to the thread of the model.
 */
final class KvPool implements AutoCloseable {

    /** Rows of a fresh pool: some short conversations. */
    private static final int FIRST_ROWS = 4096;

    private final NDManager manager;

    private final ScriptModule program;

    private final PoolRegions regions = new PoolRegions();

    private long expectedRows = Long.MAX_VALUE;

    private NDArray rows; // [layers, rows, 2·kv·dim]

    private IValue all; // the rows as an argument

    private IValue layers; // the same, layer by layer

    /**
     * Creates a pool.
     * @param manager owns the tensor
     * @param program a program with the methods of {@code attention_pooled.py}
     * @param empty a tensor without rows, [layers, 0, 2·kv·dim]
     */
    KvPool(NDManager manager, ScriptModule program, NDArray empty) {
        this.manager = manager;
        this.program = program;
        this.rows = empty;
        this.all = ScriptModule.argument(empty);
        this.layers = program.call("layers", this.all);
    }

    /** Returns the rows, layer by layer, valid until a region is taken. */
    IValue layers() {
        return this.layers;
    }

    /**
     * Tells how many rows all sequences are going to have together; only what lies
     * between them makes the pool larger.
     */
    void expectRows(long count) {
        this.expectedRows = count;
    }

    /** Returns the number of rows, taken or not. */
    int size() {
        return this.regions.size();
    }

    /**
     * Takes some consecutive rows.
     * @return the first of them
     * @throws ModelException if there is no memory for them
     */
    int take(int count) {
        OptionalInt found = this.regions.take(count);
        if (found.isEmpty()) {
            grow(this.regions.lacking(count));
            found = this.regions.take(count);
        }
        return found.orElseThrow();
    }

    void give(int first) {
        this.regions.give(first);
    }

    /** Gives back all but the first rows of a region. */
    void trim(int first, int count) {
        this.regions.trim(first, count);
    }

    /** Copies rows, as many as said, to other places. */
    void move(int source, int target, int count) {
        try (IValue from = IValue.from((long) source);
                IValue to = IValue.from((long) target);
                IValue length = IValue.from((long) count)) {
            this.program.call("moved", this.all, from, to, length).close();
        }
    }

    /** Brings some rows behind a row to the front, in their order. */
    void keep(int first, int[] path) {
        try (IValue start = IValue.from((long) first); IValue nodes = IValue.listFrom(DjlTargetModel.longs(path))) {
            this.program.call("commit", this.all, start, nodes).close();
        }
    }

    private void grow(int lacking) {
        long ahead = Math.min(Math.max(FIRST_ROWS, this.regions.size()), this.expectedRows - this.regions.size());
        int more = (int) Math.max(lacking, ahead);
        NDArray larger;
        try {
            larger = larger(more);
        }
        catch (EngineException ex) { // twice as many do not fit
            more = lacking;
            try {
                larger = larger(more);
            }
            catch (EngineException again) {
                throw OutOfMemory.ofCache((this.regions.size() + more) + " tokens of all sequences", again);
            }
        }
        this.layers.close();
        this.all.close();
        this.rows.close();
        this.rows = larger;
        this.all = ScriptModule.argument(larger);
        this.layers = this.program.call("layers", this.all);
        this.regions.grow(more);
    }

    private NDArray larger(int more) {
        try (IValue count = IValue.from((long) more)) {
            return this.program.callForArray("grown", this.manager, this.all, count);
        }
    }

    @Override
    public void close() {
        this.layers.close();
        this.all.close();
        this.rows.close();
    }

}
