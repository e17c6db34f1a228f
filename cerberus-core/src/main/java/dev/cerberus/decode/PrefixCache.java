package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.cerberus.model.KvCache;

/**
 * Keys and values of texts that were read or written before, from which a new sequence
 * takes those of the tokens that its text begins with. Confined to the engine thread.
 */
/*
 * A kept cache stays as it is, and what somebody shares with it is copied: a few
 * milliseconds for thousands of tokens, which take seconds to read. What a token's keys
 * and values are does not depend on who read it, so nothing that is written changes. The
 * least recently used text goes first, and one that another continues at once.
 */
final class PrefixCache implements AutoCloseable {

    /** Fewer tokens are read as fast as they are copied. */
    private static final int LEAST_TOKENS = 16;

    private final long mostRows;

    private final List<Kept> kept = new ArrayList<>(); // least recently used first

    private long rows;

    /**
     * Creates an empty cache.
     * @param mostRows the most rows of all kept caches together; 0 to keep none
     */
    PrefixCache(long mostRows) {
        this.mostRows = mostRows;
    }

    /** Returns the rows of all kept caches. */
    long rows() {
        return this.rows;
    }

    /**
     * Keeps a cache, or closes it.
     * @param text the tokens in it
     * @param cache the cache, owned by this one from now on
     */
    void keep(int[] text, KvCache cache) {
        if (text.length < LEAST_TOKENS || cache.length() > this.mostRows || isKnown(text)) {
            cache.close();
            return;
        }
        cache.trim();
        if (cache.capacity() > this.mostRows) {
            cache.close();
            return;
        }
        for (int i = this.kept.size() - 1; i >= 0; i--) {
            if (shared(this.kept.get(i).text(), text) == this.kept.get(i).text().length) {
                drop(i);
            }
        }
        while (this.rows + cache.capacity() > this.mostRows) {
            drop(0);
        }
        this.kept.add(new Kept(text, cache));
        this.rows += cache.capacity();
    }

    private boolean isKnown(int[] text) {
        return this.kept.stream().anyMatch((other) -> shared(other.text(), text) == text.length);
    }

    /**
     * Gives a new sequence what is known of its text.
     * @param text the text; its last token is left to be read, since what follows it is
     * wanted
     * @param cache an empty cache with room for it
     * @return tokens committed to the cache, 0 if nothing is known
     */
    int share(int[] text, KvCache cache) {
        int most = 0;
        int best = -1;
        for (int i = 0; i < this.kept.size(); i++) {
            int tokens = Math.min(text.length - 1, shared(this.kept.get(i).text(), text));
            if (tokens > most) {
                most = tokens;
                best = i;
            }
        }
        if (most < LEAST_TOKENS) {
            return 0;
        }
        Kept source = this.kept.remove(best);
        this.kept.add(source); // most recently used
        cache.copy(source.cache(), most);
        return most;
    }

    private static int shared(int[] one, int[] other) {
        int different = Arrays.mismatch(one, other);
        return (different < 0) ? one.length : different;
    }

    /**
     * Gives back the rows of the text that was used least recently.
     * @return rows, 0 if there is none
     */
    long evict() {
        long before = this.rows;
        if (!this.kept.isEmpty()) {
            drop(0);
        }
        return before - this.rows;
    }

    private void drop(int index) {
        Kept dropped = this.kept.remove(index);
        this.rows -= dropped.cache().capacity();
        dropped.cache().close();
    }

    @Override
    public void close() {
        while (!this.kept.isEmpty()) {
            drop(this.kept.size() - 1);
        }
    }

    /**
     * A text and its keys and values.
     *
     * @param text its tokens
     * @param cache its keys and values, at least of all tokens
     */
    private record Kept(int[] text, KvCache cache) {
    }

}
