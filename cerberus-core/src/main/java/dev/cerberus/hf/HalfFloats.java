package dev.cerberus.hf;

/**
 * Conversions between 32-bit floats and the two 16-bit formats, bfloat16 and IEEE 754
 * binary16.
 *
 * <p>
 * Narrowing rounds to nearest, ties to even; what is too large becomes an infinity.
 * Widening is exact. A NaN stays a NaN of the same sign, made quiet.
 */
public final class HalfFloats {

    private static final int FLOAT_INFINITY = 0x7f800000;

    private HalfFloats() {
    }

    /** The bfloat16 nearest to the value. */
    public static short toBFloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > FLOAT_INFINITY) {
            return (short) ((bits >>> 16) | 0x0040);
        }
        // half a unit of the last kept place, less one bit unless the kept part is odd:
        // ties go to even
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /** The value of a bfloat16. */
    public static float fromBFloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The binary16 nearest to the value. */
    public static short toFloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > FLOAT_INFINITY) {
            return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x03ff));
        }
        // 65520, half way between the largest binary16 and the next power of two
        if (magnitude >= 0x477ff000) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude >= 0x38800000) { // 2^-14, the smallest normal binary16
            int rebased = magnitude - (112 << 23); // exponent bias 127 becomes 15
            return (short) (sign | ((rebased + 0x0fff + ((rebased >>> 13) & 1)) >>> 13));
        }
        // 2^-25, half of the smallest subnormal: the tie goes to zero
        if (magnitude <= 0x33000000) {
            return (short) sign;
        }
        // subnormal: the significand counted in units of 2^-24
        int shift = 126 - (magnitude >>> 23);
        int significand = (magnitude & 0x007fffff) | 0x00800000;
        int rounding = (1 << (shift - 1)) - 1 + ((significand >>> shift) & 1);
        return (short) (sign | ((significand + rounding) >>> shift));
    }

    /** The value of a binary16. */
    public static float fromFloat16(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> 10) & 0x1f;
        int fraction = bits & 0x03ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | FLOAT_INFINITY | (fraction << 13));
        }
        if (exponent == 0) {
            float subnormal = fraction * 0x1p-24f;
            return (sign != 0) ? -subnormal : subnormal;
        }
        return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (fraction << 13));
    }

}
