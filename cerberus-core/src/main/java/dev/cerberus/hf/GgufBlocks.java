package dev.cerberus.hf;

import java.nio.ByteBuffer;

/**
 * Decoders of the quantised blocks of GGUF files, each in the 32-bit arithmetic of the
 * reference implementation, so that results are equal bit for bit.
 */
final class GgufBlocks {

    /*
     * A block is a few scales and packed integers [1]. "Small" blocks hold 32 values with
     * one scale d and possibly a minimum m: value = d * q (+ m). The low nibbles hold the
     * first 16 values, the high ones the last. "K" blocks hold 256 values in groups, each
     * with a scale of 6 or 8 bits under one d: value = (d * scale) * q - (dmin * min).
     * Scales are binary16, little-endian.
     *
     * [1] https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h
     */

    private static final int SMALL = 32;

    private static final int LARGE = 256;

    private GgufBlocks() {
    }

    /** Turns one block into floats. */
    @FunctionalInterface
    interface Decoder {

        /**
         * Decodes one block.
         * @param source the bytes, little-endian
         * @param at where the block begins
         * @param values where its values go
         * @param offset index of the first value
         */
        void decode(ByteBuffer source, int at, float[] values, int offset);

    }

    private static float half(ByteBuffer source, int at) {
        return HalfFloats.fromFloat16(source.getShort(at));
    }

    static void q40(ByteBuffer source, int at, float[] values, int offset) {
        float d = half(source, at);
        for (int i = 0; i < SMALL / 2; i++) {
            int pair = source.get(at + 2 + i);
            values[offset + i] = d * ((pair & 0x0f) - 8);
            values[offset + SMALL / 2 + i] = d * (((pair >> 4) & 0x0f) - 8);
        }
    }

    static void q41(ByteBuffer source, int at, float[] values, int offset) {
        float d = half(source, at);
        float m = half(source, at + 2);
        for (int i = 0; i < SMALL / 2; i++) {
            int pair = source.get(at + 4 + i);
            values[offset + i] = d * (pair & 0x0f) + m;
            values[offset + SMALL / 2 + i] = d * ((pair >> 4) & 0x0f) + m;
        }
    }

    static void q50(ByteBuffer source, int at, float[] values, int offset) {
        float d = half(source, at);
        int high = source.getInt(at + 2);
        for (int i = 0; i < SMALL / 2; i++) {
            int pair = source.get(at + 6 + i);
            values[offset + i] = d * (((pair & 0x0f) | ((high >>> i << 4) & 0x10)) - 16);
            values[offset + SMALL / 2 + i] = d
                    * ((((pair >> 4) & 0x0f) | ((high >>> (i + SMALL / 2) << 4) & 0x10)) - 16);
        }
    }

    static void q51(ByteBuffer source, int at, float[] values, int offset) {
        float d = half(source, at);
        float m = half(source, at + 2);
        int high = source.getInt(at + 4);
        for (int i = 0; i < SMALL / 2; i++) {
            int pair = source.get(at + 8 + i);
            values[offset + i] = d * ((pair & 0x0f) | ((high >>> i << 4) & 0x10)) + m;
            values[offset + SMALL / 2 + i] = d * (((pair >> 4) & 0x0f) | ((high >>> (i + SMALL / 2) << 4) & 0x10)) + m;
        }
    }

    static void q80(ByteBuffer source, int at, float[] values, int offset) {
        float d = half(source, at);
        for (int i = 0; i < SMALL; i++) {
            values[offset + i] = d * source.get(at + 2 + i);
        }
    }

    static void q4k(ByteBuffer source, int at, float[] values, int offset) {
        float d = half(source, at);
        float dmin = half(source, at + 2);
        int quants = at + 16;
        for (int group = 0; group < 8; group++) {
            float scale = d * scale(source, at + 4, group);
            float min = dmin * min(source, at + 4, group);
            int bytes = quants + group / 2 * SMALL;
            int shift = 4 * (group % 2);
            for (int i = 0; i < SMALL; i++) {
                int q = (source.get(bytes + i) >> shift) & 0x0f;
                values[offset + group * SMALL + i] = scale * q - min;
            }
        }
    }

    static void q5k(ByteBuffer source, int at, float[] values, int offset) {
        float d = half(source, at);
        float dmin = half(source, at + 2);
        int high = at + 16;
        int quants = high + SMALL;
        for (int group = 0; group < 8; group++) {
            float scale = d * scale(source, at + 4, group);
            float min = dmin * min(source, at + 4, group);
            int bytes = quants + group / 2 * SMALL;
            int shift = 4 * (group % 2);
            for (int i = 0; i < SMALL; i++) {
                int q = ((source.get(bytes + i) >> shift) & 0x0f) | ((source.get(high + i) >> group & 1) << 4);
                values[offset + group * SMALL + i] = scale * q - min;
            }
        }
    }

    /*
     * Eight scales and eight minima of 6 bits in 12 bytes: the first four of each fill
     * the low bits of bytes 0 to 7, whose upper two bits complete the nibbles in bytes 8
     * to 11 to the last four.
     */
    private static int scale(ByteBuffer source, int scales, int group) {
        if (group < 4) {
            return source.get(scales + group) & 0x3f;
        }
        return (source.get(scales + group + 4) & 0x0f) | ((source.get(scales + group - 4) & 0xc0) >> 2);
    }

    private static int min(ByteBuffer source, int scales, int group) {
        if (group < 4) {
            return source.get(scales + group + 4) & 0x3f;
        }
        return ((source.get(scales + group + 4) >> 4) & 0x0f) | ((source.get(scales + group) & 0xc0) >> 2);
    }

    static void q6k(ByteBuffer source, int at, float[] values, int offset) {
        int high = at + LARGE / 2;
        int scales = high + LARGE / 4;
        float d = half(source, scales + 16);
        for (int i = 0; i < LARGE; i++) {
            // two halves of 128 values; within one, four runs of 32: two in the low
            // nibbles, two in the high ones
            int part = i / 128;
            int run = i % 128 / SMALL;
            int column = i % SMALL;
            int low = source.get(at + part * 64 + run % 2 * SMALL + column) >> (4 * (run / 2)) & 0x0f;
            int upper = source.get(high + part * SMALL + column) >> (2 * run) & 0x03;
            float scale = d * source.get(scales + i / 16);
            values[offset + i] = scale * ((low | upper << 4) - 32);
        }
    }

}
