package dev.cerberus.djl;

import dev.cerberus.model.KvCache;

/**
 * The cache of a sequence as a region of a pool.
 */
final class PooledKvCache extends TokenCache {

    private final KvPool pool;

    private int first;

    PooledKvCache(KvPool pool, int capacity) {
        super(capacity);
        this.pool = pool;
        this.first = pool.take(capacity);
    }

    /** Returns the first row of the region. */
    int first() {
        return this.first;
    }

    @Override
    void resize(int capacityTokens) {
        int target = this.pool.take(capacityTokens);
        if (length() > 0) {
            this.pool.move(this.first, target, length());
        }
        this.pool.give(this.first);
        this.first = target;
    }

    @Override
    int shrink(int capacityTokens) {
        this.pool.trim(this.first, capacityTokens);
        return capacityTokens;
    }

    @Override
    void take(KvCache source, int tokens) {
        this.pool.move(((PooledKvCache) source).first, this.first, tokens);
    }

    @Override
    void keep(int[] path) {
        this.pool.keep(this.first + length(), path);
    }

    @Override
    void free() {
        this.pool.give(this.first);
    }

}
