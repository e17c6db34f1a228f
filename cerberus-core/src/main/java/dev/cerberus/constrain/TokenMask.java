package dev.cerberus.constrain;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A set of tokens. Immutable and thread-safe.
 */
/*
 * Most sets hold a handful of tokens and are a sorted list; inside a text nearly all are
 * allowed, and the bits of those are shared by all states that have them in common.
 */
public final class TokenMask {

    private static final long[] NO_BITS = {};

    private final long[] bits; // shared, may be shorter than the vocabulary

    private final int[] more; // sorted, none of them in bits

    private final int size;

    private TokenMask(long[] bits, int[] more) {
        this.bits = bits;
        this.more = more;
        int count = more.length;
        for (long word : bits) {
            count += Long.bitCount(word);
        }
        this.size = count;
    }

    /**
     * Returns a set of tokens.
     * @param tokens token ids, in any order
     * @return the set
     */
    public static TokenMask of(int... tokens) {
        return of(NO_BITS, tokens.clone());
    }

    /** Returns a set of bits, which are not copied, and further tokens, which change. */
    static TokenMask of(long[] bits, int[] tokens) {
        Arrays.sort(tokens);
        int count = 0;
        for (int token : tokens) {
            if ((count == 0 || tokens[count - 1] != token) && !isSet(bits, token)) {
                tokens[count++] = token;
            }
        }
        return new TokenMask(bits, Arrays.copyOf(tokens, count));
    }

    private static boolean isSet(long[] bits, int token) {
        int word = token >>> 6;
        return word < bits.length && (bits[word] & (1L << token)) != 0;
    }

    /**
     * Returns whether a token is in the set.
     * @param token the token id
     * @return whether it is allowed
     */
    public boolean contains(int token) {
        return isSet(this.bits, token) || Arrays.binarySearch(this.more, token) >= 0;
    }

    boolean sameAs(TokenMask other) {
        return Arrays.equals(this.bits, other.bits) && Arrays.equals(this.more, other.more);
    }

    /**
     * Returns the number of tokens.
     * @return 0 or more
     */
    public int size() {
        return this.size;
    }

    /**
     * Returns the tokens.
     * @return token ids, ascending
     */
    public IntStream tokens() {
        if (this.bits.length == 0) {
            return Arrays.stream(this.more);
        }
        int[] tokens = Arrays.copyOf(this.more, this.size);
        int count = this.more.length;
        for (int i = 0; i < this.bits.length; i++) {
            for (long word = this.bits[i]; word != 0; word &= word - 1) {
                tokens[count++] = 64 * i + Long.numberOfTrailingZeros(word);
            }
        }
        Arrays.sort(tokens);
        return Arrays.stream(tokens);
    }

    /**
     * Makes all other tokens impossible.
     * @param logits logits of one position, [vocab]; changed in place
     */
    public void apply(float[] logits) {
        float[] kept = new float[this.more.length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = (this.more[i] < logits.length) ? logits[this.more[i]] : 0;
        }
        int known = Math.min(logits.length, 64 * this.bits.length);
        for (int token = 0; token < known; token++) {
            if ((this.bits[token >>> 6] & (1L << token)) == 0) {
                logits[token] = Float.NEGATIVE_INFINITY;
            }
        }
        Arrays.fill(logits, known, logits.length, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < kept.length; i++) {
            if (this.more[i] < logits.length) {
                logits[this.more[i]] = kept[i];
            }
        }
    }

}
