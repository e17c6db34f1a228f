package dev.cerberus.testing;

import java.util.Arrays;
import java.util.function.IntConsumer;

import dev.cerberus.model.KvCache;
import dev.cerberus.tree.CandidateTree;

/**
 * A cache that holds the tokens themselves and insists on its contract.
 */
final class ScriptedCache implements KvCache {

    private final int maxContext;

    private final int blockTokens;

    private final int sharedRows;

    private final IntConsumer memory;

    private final Runnable onClose;

    private int[] tokens;

    private int length;

    private CandidateTree pending = CandidateTree.rootOnly(0);

    private boolean closed;

    /**
     * Creates an empty cache.
     * @param capacity tokens
     * @param maxContext the most that it may grow to
     * @param blockTokens tokens of a block, whose end no tree may cross
     * @param sharedRows the most rows of a cache that is in the way where it is kept
     * @param memory asked for rows whenever the cache is made, grows or moves; may throw
     * @param onClose told once
     */
    ScriptedCache(int capacity, int maxContext, int blockTokens, int sharedRows, IntConsumer memory, Runnable onClose) {
        this.tokens = new int[capacity];
        this.maxContext = maxContext;
        this.blockTokens = blockTokens;
        this.sharedRows = sharedRows;
        this.memory = memory;
        this.onClose = onClose;
    }

    /** Appends a committed token. */
    void append(int token) {
        this.tokens[this.length++] = token;
    }

    /** Appends the nodes of a tree, of which some may be committed. */
    void pend(CandidateTree tree) {
        for (int node = 0; node < tree.nodeCount(); node++) {
            this.tokens[this.length + node] = tree.token(node);
        }
        this.pending = tree;
    }

    int[] committed() {
        return Arrays.copyOf(this.tokens, this.length);
    }

    void requireRoom(int rows) {
        requireOpen();
        if (this.length + rows > this.tokens.length) {
            throw new IllegalArgumentException("the KV cache holds " + this.tokens.length + " tokens; " + this.length
                    + " are committed and " + rows + " more do not fit");
        }
    }

    private void requireOpen() {
        if (this.closed) {
            throw new AssertionError("the cache is closed");
        }
    }

    @Override
    public int length() {
        return this.length;
    }

    @Override
    public int capacity() {
        return this.tokens.length;
    }

    @Override
    public void grow(int capacityTokens) {
        requireOpen();
        if (capacityTokens < this.tokens.length || capacityTokens > this.maxContext) {
            throw new AssertionError("a cache of " + this.tokens.length + " grows to " + capacityTokens);
        }
        this.memory.accept(capacityTokens);
        this.tokens = Arrays.copyOf(Arrays.copyOf(this.tokens, this.length), capacityTokens);
    }

    @Override
    public void park() {
        requireOpen();
        if (capacity() <= this.sharedRows) {
            this.memory.accept(this.length);
            trim();
        }
    }

    @Override
    public void trim() {
        requireOpen();
        this.tokens = Arrays.copyOf(this.tokens, Math.max(1, this.length));
    }

    @Override
    public void copy(KvCache source, int count) {
        requireRoom(count);
        if (this.length > 0 || count > source.length()) {
            throw new AssertionError(count + " of " + source.length() + " tokens do not fit behind " + this.length);
        }
        ((ScriptedCache) source).requireOpen();
        System.arraycopy(((ScriptedCache) source).tokens, 0, this.tokens, 0, count);
        this.length = count;
    }

    @Override
    public int treeRows() {
        return Math.min(capacity() - length(), this.blockTokens - length() % this.blockTokens);
    }

    @Override
    public void commit(int[] path) {
        requireOpen();
        if (path.length == 0 || path[0] != 0) {
            throw new AssertionError("an accepted path starts at the root, was " + Arrays.toString(path));
        }
        int base = this.length;
        for (int i = 0; i < path.length; i++) {
            if (i > 0 && this.pending.parent(path[i]) != path[i - 1]) {
                throw new AssertionError("not a path of the last forward: " + Arrays.toString(path));
            }
            this.tokens[base + i] = this.tokens[base + path[i]];
        }
        this.length = base + path.length;
        this.pending = CandidateTree.rootOnly(0);
    }

    @Override
    public void truncate(int newLength) {
        requireOpen();
        if (newLength < 0 || newLength > this.length) {
            throw new IllegalArgumentException("length must be in 0.." + this.length + ", was " + newLength);
        }
        this.length = newLength;
    }

    @Override
    public void close() {
        if (!this.closed) {
            this.closed = true;
            this.onClose.run();
        }
    }

}
