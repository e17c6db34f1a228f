package dev.cerberus.decode;

import org.jspecify.annotations.Nullable;

import dev.cerberus.model.KvCache;
import dev.cerberus.model.TargetModel;

/**
 * The KV cache of one sequence, which is there while the sequence has rows, and grows
 * with it. Confined to the engine thread.
 */
final class SequenceCache implements AutoCloseable {

    /** Rows by which a cache grows at least, so that it seldom does. */
    private static final int LEAST_GROWTH = 64;

    private static final int SMALLEST_SIZE = 64;

    private final TargetModel model;

    private final int mostRows;

    private final int treeRows;

    private @Nullable KvCache cache;

    /**
     * Creates a cache without rows.
     * @param model the target model
     * @param mostRows rows that are enough for the longest answer, drafts included
     * @param treeRows draft nodes of a step
     */
    SequenceCache(TargetModel model, int mostRows, int treeRows) {
        this.model = model;
        this.mostRows = mostRows;
        this.treeRows = treeRows;
    }

    /**
     * Returns the cache.
     * @throws IllegalStateException if there are no rows
     */
    KvCache get() {
        KvCache present = this.cache;
        if (present == null) {
            throw new IllegalStateException("the sequence has no rows in a KV cache; hold some first");
        }
        return present;
    }

    /** Returns the number of committed tokens. */
    int length() {
        return (this.cache == null) ? 0 : this.cache.length();
    }

    /** Returns the number of rows, filled or not. */
    int heldRows() {
        return (this.cache == null) ? 0 : this.cache.capacity();
    }

    /** Returns the rows that leave room for the largest draft beside those needed. */
    int roomyRows(int neededRows) {
        return (int) Math.min(this.mostRows, (long) neededRows + this.treeRows);
    }

    /**
     * Returns the rows that last for a while: a size that others have, too, since caches
     * of one size may lie side by side.
     */
    int lastingRows(int neededRows) {
        long rows = Math.min(this.mostRows, (long) neededRows + this.treeRows + Math.max(LEAST_GROWTH, neededRows / 2));
        return (int) Math.min(this.model.dimensions().maxContext(), commonSize(rows));
    }

    /** Returns the next power of two, or three quarters of it if that is enough. */
    private static long commonSize(long rows) {
        long size = Math.max(SMALLEST_SIZE, Long.highestOneBit(Math.max(1, 2 * rows - 1)));
        return (size / 4 * 3 >= rows) ? size / 4 * 3 : size;
    }

    /**
     * Makes room.
     * @param rows rows of the cache, at least those that it has
     */
    void hold(int rows) {
        if (this.cache == null) {
            this.cache = this.model.newCache(rows);
        }
        else {
            this.cache.grow(rows);
        }
    }

    /**
     * Takes the cache of a text that this sequence continues; there were no rows before.
     * @param continued owned by this one from now on
     */
    void adopt(KvCache continued) {
        this.cache = continued;
    }

    /**
     * Hands the cache to somebody else, who closes it; there may be new rows afterwards.
     */
    KvCache detach() {
        KvCache present = get();
        this.cache = null;
        return present;
    }

    /** Gives all rows back; there may be new ones afterwards. */
    @Override
    public void close() {
        KvCache present = this.cache;
        this.cache = null;
        if (present != null) {
            present.close();
        }
    }

}
