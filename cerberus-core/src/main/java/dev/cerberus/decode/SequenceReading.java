package dev.cerberus.decode;

import java.util.Arrays;

import dev.cerberus.model.Span;

/**
 * What a sequence has to have in its KV cache before it writes on, how much of it is
 * there, and from whom it may come. Confined to the engine thread.
 */
final class SequenceReading {

    private final SequenceText text;

    private final SequenceCache cache;

    private int[] tokens;

    /**
     * Begins with a text that nothing was read of.
     * @param text the text
     * @param cache the sequence's cache
     */
    SequenceReading(SequenceText text, SequenceCache cache) {
        this.text = text;
        this.cache = cache;
        this.tokens = text.beforeRoot();
    }

    /** Returns the number of tokens, read or not. */
    int length() {
        return this.tokens.length;
    }

    /** Returns the number of tokens that are not in the cache. */
    int left() {
        return this.tokens.length - this.cache.length();
    }

    /** Returns the next tokens, of which there must be some left. */
    Span.Piece piece(int mostRows) {
        return Span.Piece.of(this.cache.get(), this.tokens, this.cache.length(), mostRows);
    }

    /** Begins anew, with what is written by now. */
    void begin() {
        this.tokens = this.text.beforeRoot();
    }

    /**
     * Takes the KV cache of a text that this one continues, in place of one of its own,
     * if there is one.
     * @param rows that the cache must have
     * @return tokens that need not be read
     */
    int continueFrom(PrefixCache prefixes, int rows) {
        prefixes.handOver(this.tokens, rows).ifPresent(this.cache::adopt);
        return this.cache.length();
    }

    /**
     * Takes what is known of the text, once there is a KV cache and nothing in it.
     * @return tokens that need not be read
     */
    int takeFrom(PrefixCache prefixes) {
        return prefixes.share(this.tokens, this.cache.get());
    }

    /**
     * Takes what another sequence has of the text, once there is a KV cache and nothing
     * in it.
     * @param count how many tokens, as {@link #knownTo} says
     */
    void takeFrom(SequenceReading other, int count) {
        this.cache.get().copy(other.cache.get(), count);
    }

    /** Returns the tokens at the start of another's text that are in this KV cache. */
    int knownTo(SequenceReading other) {
        return Math.min(this.cache.length(), sharedWith(other));
    }

    /**
     * Returns the tokens at the start of another's text that this one has or is going to
     * have, without that text's last, which is read for what follows it.
     */
    int sharedWith(SequenceReading other) {
        return Math.min(other.tokens.length - 1, this.text.shared(other.tokens));
    }

    /** Returns how many tokens of the text are kept. */
    int knownIn(PrefixCache prefixes) {
        return prefixes.known(this.tokens);
    }

    /**
     * Makes what {@link #takeFrom} would take from the last that is given back.
     * @return its rows; 0 where nothing would be taken
     */
    long favourIn(PrefixCache prefixes) {
        return (this.cache.length() == 0) ? prefixes.favour(this.tokens) : 0;
    }

    /** Hands the KV cache of a sequence on that takes no more steps. */
    void keepIn(PrefixCache prefixes) {
        int[] whole = this.text.whole();
        prefixes.keep(Arrays.copyOf(whole, Math.min(whole.length, this.cache.length())), this.cache.detach());
    }

}
