package dev.cerberus.djl;

import dev.cerberus.model.KvCache;

/**
 * What caches of the PyTorch engine have in common: how many tokens are committed and how
 * many have room, and what may be asked of them. Where the rows lie is up to the kinds.
 */
abstract class TokenCache implements KvCache {

    private int capacity;

    private int length;

    private boolean closed;

    TokenCache(int capacity) {
        this.capacity = capacity;
    }

    /** Makes room for more tokens than there is; committed rows are kept. */
    abstract void resize(int capacityTokens);

    /**
     * Gives back what is behind as many tokens, if it can; committed rows are kept.
     * @return the capacity afterwards
     */
    abstract int shrink(int capacityTokens);

    /** Copies the first rows of another cache of this kind to the front. */
    abstract void take(KvCache source, int tokens);

    /**
     * Brings rows behind the committed ones to the front of those, in their order, which
     * is not how they lie.
     */
    abstract void keep(int[] path);

    /** Frees the rows; called once. */
    abstract void free();

    final void append(int tokens) {
        this.length += tokens;
    }

    @Override
    public final int length() {
        return this.length;
    }

    @Override
    public final int capacity() {
        return this.capacity;
    }

    @Override
    public final void grow(int capacityTokens) {
        if (capacityTokens < this.capacity) {
            throw new IllegalArgumentException(
                    "a cache of " + this.capacity + " tokens does not shrink to " + capacityTokens);
        }
        if (capacityTokens > this.capacity) {
            resize(capacityTokens);
            this.capacity = capacityTokens;
        }
    }

    @Override
    public void park() {
        trim();
    }

    @Override
    public final void trim() {
        this.capacity = shrink(Math.max(1, this.length));
    }

    @Override
    public final void copy(KvCache source, int tokens) {
        if (this.length > 0 || tokens > source.length() || tokens > this.capacity) {
            throw new IllegalArgumentException("a cache of " + this.length + " tokens with room for " + this.capacity
                    + " can not take " + tokens + " of " + source.length());
        }
        take(source, tokens);
        this.length = tokens;
    }

    @Override
    public int treeRows() {
        return this.capacity - this.length;
    }

    @Override
    public final void commit(int[] path) {
        if (path.length == 0 || path[0] != 0) {
            throw new IllegalArgumentException("an accepted path starts at the root");
        }
        if (path[path.length - 1] != path.length - 1) { // else the rows already lie where
                                                        // they belong
            keep(path);
        }
        this.length += path.length;
    }

    @Override
    public final void truncate(int newLength) {
        if (newLength < 0 || newLength > this.length) {
            throw new IllegalArgumentException("length must be in 0.." + this.length + ", was " + newLength);
        }
        this.length = newLength;
    }

    @Override
    public final void close() {
        if (!this.closed) {
            this.closed = true;
            free();
        }
    }

}
