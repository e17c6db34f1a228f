package dev.cerberus.benchmarks.device;

import java.nio.FloatBuffer;

import dev.cerberus.djl.Precision;

/**
 * How far logits are from those of a reference. Not thread-safe.
 */
final class LogitDistance {

    private static final double CLOSE_IN_FP32 = 1e-4;

    private static final double CLOSE_IN_SHORT = 1e-2;

    private static final double SAME_IN_SHORT = 580.0 / 596;

    private double largest;

    private double squares;

    private double reference;

    private int same;

    private int rows;

    /**
     * Takes the logits of one position.
     * @param logits what the model gave
     * @param expected the reference, from its position on
     */
    void add(float[] logits, FloatBuffer expected) {
        int best = 0;
        int bestExpected = 0;
        float[] target = new float[logits.length];
        expected.get(target);
        for (int i = 0; i < logits.length; i++) {
            double distance = Math.abs((double) logits[i] - target[i]);
            this.largest = Math.max(this.largest, distance); // stays no number
            this.squares += distance * distance;
            this.reference += (double) target[i] * target[i];
            best = (logits[i] > logits[best]) ? i : best;
            bestExpected = (target[i] > target[bestExpected]) ? i : bestExpected;
        }
        this.same += (best == bestExpected) ? 1 : 0;
        this.rows++;
    }

    double largest() {
        return this.largest;
    }

    /** Returns the length of all differences over that of the reference. */
    double relative() {
        return Math.sqrt(this.squares / this.reference);
    }

    /** Returns the positions whose most probable token is that of the reference. */
    int same() {
        return this.same;
    }

    int rows() {
        return this.rows;
    }

    /** Returns whether that is as close as a number format must come. */
    boolean isClose(Precision precision) {
        return this.rows > 0 && switch (precision) {
            case FP32 -> this.largest < CLOSE_IN_FP32 && this.same == this.rows;
            case BF16, FP16 -> relative() < CLOSE_IN_SHORT && this.same >= Math.ceil(SAME_IN_SHORT * this.rows);
            case INT8 -> throw new IllegalArgumentException(
                    "int8 has other logits by design and no bounds here; use fp32, bf16 or fp16");
        };
    }

}
