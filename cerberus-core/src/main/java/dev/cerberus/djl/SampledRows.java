package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import dev.cerberus.model.Span;
import dev.cerberus.sample.GumbelNoise;
import dev.cerberus.sample.SamplingOptions;

/**
 * The scored rows of a forward whose tokens are sampled on the device, and what decides
 * them there. Immutable.
 */
final class SampledRows {

    private static final int SIGNIFICAND_BITS = 52;

    /** Numbers of a row that are not whole. */
    private static final int FACTORS = 3;

    /** A share of the probability that no tokens reach, so that none is dropped. */
    private static final double MORE_THAN_ALL = 2;

    private final int[] rows;

    private final long[] filters;

    private final long[] numbers;

    /**
     * Finds the rows.
     * @param ordered the spans of the forward in the order of their scored rows
     */
    SampledRows(List<Span> ordered) {
        List<Row> found = new ArrayList<>();
        int scored = 0;
        for (Span span : ordered) {
            int unscored = span.rows() - span.scoredRows();
            for (int i = 0; i < span.scoredRows() && span.sampling().isPresent(); i++) {
                // the token stands behind the row
                long position = span.position(unscored + i) + 1L;
                found.add(new Row(scored + i, position, span.sampling().get()));
            }
            scored += span.scoredRows();
        }
        this.rows = found.stream().mapToInt(Row::index).toArray();
        this.filters = found.stream().allMatch((row) -> row.sampling().unfiltered()) ? new long[0]
                : new long[] { found.stream().mapToLong((row) -> row.sampling().topK()).max().orElse(0) };
        int count = found.size();
        this.numbers = new long[(3 + 2 * FACTORS) * count];
        for (int i = 0; i < count; i++) {
            Row row = found.get(i);
            this.numbers[i] = row.index();
            this.numbers[count + i] = GumbelNoise.key(row.sampling().seed(), row.position());
            this.numbers[2 * count + i] = row.sampling().topK();
            double[] factors = row.factors();
            for (int j = 0; j < FACTORS; j++) {
                int exponent = exponent(factors[j]);
                this.numbers[(3 + j) * count + i] = (long) Math.scalb(factors[j], -exponent); // exact
                this.numbers[(3 + FACTORS + j) * count + i] = exponent;
            }
        }
    }

    /** Returns the power of 2 of which a number is a whole multiple. */
    private static int exponent(double number) {
        return Math.max(Math.getExponent(number), Double.MIN_EXPONENT) - SIGNIFICAND_BITS;
    }

    /** Returns the number of rows. */
    int count() {
        return this.rows.length;
    }

    /** Returns which of the scored rows they are. */
    int[] rows() {
        return this.rows.clone();
    }

    /**
     * Returns nothing if no row has filters, else the most tokens that one keeps by their
     * rank, 0 if none does.
     */
    long[] filters() {
        return this.filters.clone();
    }

    /** Returns what {@code sampled.py} has to know of them. */
    long[] numbers() {
        return this.numbers.clone();
    }

    /**
     * A row.
     *
     * @param index which of the scored rows it is
     * @param position where in its sequence the sampled token stands
     * @param sampling how it is sampled
     */
    private record Row(int index, long position, SamplingOptions sampling) {

        /**
         * Returns the temperature, how far below the largest logit one may lie, negative,
         * and the share of the probability that has to be kept.
         */
        double[] factors() {
            double lowest = (this.sampling.minP() > 0) ? this.sampling.temperature() * Math.log(this.sampling.minP())
                    : -Double.MAX_VALUE;
            return new double[] { this.sampling.temperature(), lowest,
                    (this.sampling.topP() < 1) ? this.sampling.topP() : MORE_THAN_ALL };
        }

    }

}
