package dev.cerberus.djl;

import dev.cerberus.model.KvCache;

/**
 * The cache of a sequence as a region of a pool.
 */
final class PooledKvCache implements KvCache {

    private final KvPool pool;

    private int first;

    private int capacity;

    private int length;

    private boolean closed;

    PooledKvCache(KvPool pool, int capacity) {
        this.pool = pool;
        this.capacity = capacity;
        this.first = pool.take(capacity);
    }

    /** Returns the first row of the region. */
    int first() {
        return this.first;
    }

    void append(int tokens) {
        this.length += tokens;
    }

    @Override
    public int length() {
        return this.length;
    }

    @Override
    public int capacity() {
        return this.capacity;
    }

    @Override
    public void grow(int capacityTokens) {
        if (capacityTokens < this.capacity) {
            throw new IllegalArgumentException(
                    "a cache of " + this.capacity + " tokens does not shrink to " + capacityTokens);
        }
        if (capacityTokens == this.capacity) {
            return;
        }
        int target = this.pool.take(capacityTokens);
        if (this.length > 0) {
            this.pool.move(this.first, target, this.length);
        }
        this.pool.give(this.first);
        this.first = target;
        this.capacity = capacityTokens;
    }

    @Override
    public void copy(KvCache source, int tokens) {
        if (this.length > 0 || tokens > source.length() || tokens > this.capacity) {
            throw new IllegalArgumentException("a cache of " + this.length + " tokens with room for " + this.capacity
                    + " can not take " + tokens + " of " + source.length());
        }
        this.pool.move(((PooledKvCache) source).first, this.first, tokens);
        this.length = tokens;
    }

    @Override
    public int treeRows() {
        return this.capacity - this.length;
    }

    @Override
    public void commit(int[] path) {
        if (path.length == 0 || path[0] != 0) {
            throw new IllegalArgumentException("an accepted path starts at the root");
        }
        if (path[path.length - 1] != path.length - 1) {
            this.pool.keep(this.first + this.length, path);
        }
        this.length += path.length;
    }

    @Override
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > this.length) {
            throw new IllegalArgumentException("length must be in 0.." + this.length + ", was " + newLength);
        }
        this.length = newLength;
    }

    @Override
    public void close() {
        if (!this.closed) {
            this.closed = true;
            this.pool.give(this.first);
        }
    }

}
