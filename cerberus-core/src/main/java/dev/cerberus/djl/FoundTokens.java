package dev.cerberus.djl;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What a forward finds for every scored row and brings to Java by itself.
 */
final class FoundTokens {

    /** Of a forward without scored rows. */
    static final FoundTokens NONE = new FoundTokens(new int[0], new float[0]);

    /**
     * How far the score of a sampled token has to lead for the choice to be beyond doubt.
     * Scores that can win are below a hundred, so that rounding moves them by less than
     * 1e-13, by whatever logarithm.
     */
    private static final double LEAST_LEAD = 1e-6;

    private final int[] best; // [scored rows]

    // [scored rows], the logit of the best token, or what is not a number
    private final float[] highest;

    private final OptionalInt[] chosen; // [scored rows]

    /**
     * Takes the most probable tokens.
     * @param best the best token of every scored row
     * @param highest their logits
     */
    FoundTokens(int[] best, float[] highest) {
        this.best = best;
        this.highest = highest;
        this.chosen = new OptionalInt[best.length];
        Arrays.fill(this.chosen, OptionalInt.empty());
    }

    /**
     * Reads what {@code target_pooled.py} returns.
     * @param found best tokens and their logits, sampled tokens and their leads
     * @param scored the number of scored rows
     * @param sampled which of them are sampled
     */
    static FoundTokens read(float[] found, int scored, int[] sampled) {
        int[] best = new int[scored];
        for (int i = 0; i < scored; i++) {
            best[i] = (int) found[i];
        }
        FoundTokens tokens = new FoundTokens(best, Arrays.copyOfRange(found, scored, 2 * scored));
        for (int i = 0; i < sampled.length; i++) {
            float lead = found[2 * scored + sampled.length + i];
            if (lead > LEAST_LEAD) { // not, if it is no number
                tokens.chosen[sampled[i]] = OptionalInt.of((int) found[2 * scored + i]);
            }
        }
        return tokens;
    }

    /** Returns the number of scored rows. */
    int rows() {
        return this.best.length;
    }

    /** Returns the most probable token of a row. */
    int best(int row) {
        return this.best[row];
    }

    /** Returns the logit of the most probable token, or what is not a number. */
    float highest(int row) {
        return this.highest[row];
    }

    /** Returns the token that a row samples; empty if it was not asked or is in doubt. */
    OptionalInt chosen(int row) {
        return this.chosen[row];
    }

}
