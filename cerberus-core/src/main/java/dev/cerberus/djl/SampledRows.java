package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;

import dev.cerberus.model.Span;
import dev.cerberus.sample.GumbelNoise;
import dev.cerberus.sample.PlainSampling;

/**
 * The scored rows of a forward whose tokens are sampled on the device, and what decides
 * them there. Immutable.
 */
final class SampledRows {

    private static final int SIGNIFICAND_BITS = 52;

    private final int[] rows;

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
        int count = found.size();
        this.rows = found.stream().mapToInt(Row::index).toArray();
        this.numbers = new long[4 * count];
        for (int i = 0; i < count; i++) {
            Row row = found.get(i);
            int exponent = row.exponent();
            this.numbers[i] = row.index();
            this.numbers[count + i] = row.key();
            this.numbers[2 * count + i] = (long) Math.scalb(row.sampling().temperature(), -exponent); // exact
            this.numbers[3 * count + i] = exponent;
        }
    }

    /** Returns the number of rows. */
    int count() {
        return this.rows.length;
    }

    /** Returns which of the scored rows they are. */
    int[] rows() {
        return this.rows.clone();
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
    private record Row(int index, long position, PlainSampling sampling) {

        long key() {
            return GumbelNoise.key(this.sampling.seed(), this.position);
        }

        /** Returns the power of 2 of which the temperature is a whole multiple. */
        int exponent() {
            return Math.max(Math.getExponent(this.sampling.temperature()), Double.MIN_EXPONENT) - SIGNIFICAND_BITS;
        }

    }

}
