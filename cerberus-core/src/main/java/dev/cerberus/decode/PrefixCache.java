package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cerberus.model.KvCache;

/**
 * Keys and values of texts that were read or written before, from which a new sequence
 * takes those of the tokens that its text begins with. Confined to the engine thread.
 */
/*
 * A kept cache stays as it is, and what somebody shares with it is copied: a few
 * milliseconds for hundreds of tokens, which take seconds to read. Who continues all of
 * it, as the next turn of a conversation does, gets the cache itself, if it has the rows
 * for that; so it is kept with the rows behind its tokens, until somebody wants them.
 * What a token's keys and values are does not depend on who read it, so nothing that is
 * written changes. The least recently used text goes first, and one that another
 * continues at once.
 */
final class PrefixCache implements AutoCloseable {

    /** Fewer tokens are read as fast as they are copied. */
    static final int LEAST_TOKENS = 16;

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

    /** Returns whether anything is ever kept. */
    boolean isOn() {
        return this.mostRows > 0;
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
        boolean taken = false;
        try {
            taken = takes(text, cache);
        }
        finally {
            if (!taken) {
                cache.close();
            }
        }
        while (this.rows > this.mostRows) {
            evict();
        }
    }

    private boolean takes(int[] text, KvCache cache) {
        if (text.length < LEAST_TOKENS || cache.length() > this.mostRows || isKnown(text)) {
            return false;
        }
        cache.park();
        if (cache.capacity() > this.mostRows) {
            cache.trim();
        }
        if (cache.capacity() > this.mostRows) {
            return false;
        }
        for (int i = this.kept.size() - 1; i >= 0; i--) {
            if (shared(this.kept.get(i).text(), text) == this.kept.get(i).text().length) {
                drop(i);
            }
        }
        this.kept.add(new Kept(text, cache));
        this.rows += cache.capacity();
        return true;
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
        Kept source = favourite(text);
        if (source == null) {
            return 0;
        }
        int known = known(source, text);
        cache.copy(source.cache(), known);
        return known;
    }

    /**
     * Gives a new sequence the cache of a text that it continues, which is kept no longer
     * here.
     * @param text the new sequence's text, longer than the other
     * @param rows that the cache has to have
     * @return the cache with the whole of the other text, owned by the caller; empty if
     * no kept text is continued, or it has fewer rows
     */
    Optional<KvCache> handOver(int[] text, int rows) {
        Kept source = favourite(text);
        if (source == null || source.cache().capacity() < rows || known(source, text) < source.text().length) {
            return Optional.empty();
        }
        this.kept.remove(source);
        this.rows -= source.cache().capacity();
        source.cache().truncate(source.text().length);
        return Optional.of(source.cache());
    }

    /** Returns the most tokens that a new sequence with a text would be given. */
    int known(int[] text) {
        int most = this.kept.stream().mapToInt((source) -> known(source, text)).max().orElse(0);
        return (most < LEAST_TOKENS) ? 0 : most;
    }

    /**
     * Makes what a new sequence would take from the last that is given back.
     * @param text the sequence's text
     * @return the rows of what it would take from, 0 if nothing is known
     */
    long favour(int[] text) {
        Kept source = favourite(text);
        return (source == null) ? 0 : source.cache().capacity();
    }

    /** Returns what has most of the start of a text, used most recently from now on. */
    private @Nullable Kept favourite(int[] text) {
        Kept best = null;
        for (Kept one : this.kept) {
            if (known(one, text) >= LEAST_TOKENS && (best == null || known(one, text) > known(best, text))) {
                best = one;
            }
        }
        if (best != null) {
            this.kept.remove(best);
            this.kept.add(best);
        }
        return best;
    }

    /** Returns how many tokens of a text need not be read. */
    private static int known(Kept source, int[] text) {
        return Math.min(text.length - 1, shared(source.text(), text));
    }

    private static int shared(int[] one, int[] other) {
        int different = Arrays.mismatch(one, other);
        return (different < 0) ? one.length : different;
    }

    /**
     * Gives back rows behind a text, or, where there are none, those of the text that was
     * used least recently. What was used last is the likeliest to go on, so its rows are
     * given back when there is nothing else.
     * @return rows, 0 if nothing is kept
     */
    long evict() {
        long before = this.rows;
        int last = this.kept.size() - 1;
        for (int i = 0; i < Math.max(1, last) && i <= last; i++) {
            trim(this.kept.get(i).cache());
            if (this.rows < before) {
                return before - this.rows;
            }
        }
        if (last >= 0) {
            drop(0);
        }
        return before - this.rows;
    }

    private void trim(KvCache cache) {
        if (cache.capacity() > cache.length()) {
            this.rows -= cache.capacity();
            try {
                cache.trim();
            }
            finally {
                this.rows += cache.capacity();
            }
        }
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
