package dev.cerberus.template;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of Python.
 *
 * @param start first number
 * @param stop first number beyond the end
 * @param step distance, not 0
 */
record Range(long start, long stop, long step) {

    private static final int LONGEST = 100_000;

    static Range of(long start, long stop, long step) {
        if (step == 0) {
            throw PythonError.value("range() arg 3 must not be zero");
        }
        Range range = new Range(start, stop, step);
        if (range.exactLength() > LONGEST) {
            throw new PythonError(PythonError.Kind.SECURITY,
                    "range is too long; a template may have at most " + LONGEST + " elements");
        }
        return range;
    }

    private double exactLength() {
        return Math.ceil(((double) this.stop - this.start) / this.step);
    }

    int length() {
        return (int) Math.max(0, exactLength());
    }

    Object get(int index) {
        return this.start + index * this.step;
    }

    List<Object> elements() {
        List<Object> elements = new ArrayList<>(length());
        for (int i = 0; i < length(); i++) {
            elements.add(get(i));
        }
        return elements;
    }

}
