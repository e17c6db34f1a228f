package dev.cerberus.sample;

/**
 * Standard Gumbel noise as a pure function of seed, absolute position and token id.
 *
 * <p>
 * Counter-based: nothing is drawn in sequence, so the noise of a position is the same
 * whether the position is reached one token at a time or inside a verified tree, and can
 * be known before it is decoded. The hash is SplitMix64's finaliser over a per-position
 * key [1]. Thread-safe.
 *
 * <p>
 * [1] Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014
 */
public final class GumbelNoise {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private static final double UNIT = 0x1.0p-52;

    private static final long ONE = 1L << 52;

    /** A little less than 1 / ln 2, so that rounding errs on the safe side. */
    private static final double BITS_PER_NAT = 1.4426;

    /**
     * The largest noise there is, that of the largest uniform number used.
     */
    public static final double MAX = -Math.log(-Math.log(1 - UNIT / 2));

    private GumbelNoise() {
    }

    /**
     * Returns the key of a position, to be passed to {@link #at}.
     * @param seed the request's seed
     * @param position absolute position of the token to be chosen
     * @return the key
     */
    public static long key(long seed, long position) {
        return mix(mix(seed + GOLDEN_GAMMA) ^ (position * 0xD1342543DE82EF95L));
    }

    /**
     * Returns the noise of a token.
     * @param key the position's key
     * @param token token id
     * @return a standard Gumbel variate
     */
    public static double at(long key, int token) {
        return noise(bits(key, token));
    }

    /**
     * Returns whether the noise of a token may be larger than a bound, without computing
     * it. For a bound well above zero nearly every answer is no.
     * @param key the position's key
     * @param token token id
     * @param bound what it would have to be larger than
     * @return {@code false} only if {@link #at} is not larger
     */
    /*
     * -ln(-ln u) > d means -ln u < e^-d, and 1 - u is less than -ln u: so 1 - u must be
     * below e^-d, which is at most 2^-k with k = d / ln 2, rounded down. That is a
     * question to the leading bits of u.
     */
    public static boolean mayExceed(long key, int token, double bound) {
        if (bound <= 0 || bound > MAX) {
            return bound <= 0;
        }
        int k = (int) Math.min(52, bound * BITS_PER_NAT);
        return ONE - bits(key, token) <= 1L << (52 - k);
    }

    private static long bits(long key, int token) {
        return mix(key + (token + 1) * GOLDEN_GAMMA) >>> 12;
    }

    private static double noise(long bits) {
        // 52 bits and a half: exact in a double, so that no rounding makes it 0 or 1.
        return -Math.log(-Math.log((bits + 0.5) * UNIT));
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

}
