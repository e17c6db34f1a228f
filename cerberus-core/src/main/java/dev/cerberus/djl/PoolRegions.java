package dev.cerberus.djl;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Which rows of a pool are taken: regions of consecutive rows, each found where the first
 * gap is that holds it. Not thread-safe.
 */
final class PoolRegions {

    private final TreeMap<Integer, Integer> ends = new TreeMap<>(); // by first row

    private int size;

    /** Returns the number of rows, taken or not. */
    int size() {
        return this.size;
    }

    /** Returns the number of rows that are taken. */
    int taken() {
        return this.ends.entrySet().stream().mapToInt((region) -> region.getValue() - region.getKey()).sum();
    }

    /**
     * Takes a region.
     * @param rows its rows, at least 1
     * @return its first row; empty if no gap is as long
     */
    OptionalInt take(int rows) {
        int gap = 0;
        for (Map.Entry<Integer, Integer> region : this.ends.entrySet()) {
            if (region.getKey() - gap >= rows) {
                this.ends.put(gap, gap + rows);
                return OptionalInt.of(gap);
            }
            gap = region.getValue();
        }
        if (this.size - gap < rows) {
            return OptionalInt.empty();
        }
        this.ends.put(gap, gap + rows);
        return OptionalInt.of(gap);
    }

    /**
     * Returns how many rows the pool lacks for a region that no gap holds.
     * @param rows rows of the region
     * @return rows to add behind its end
     */
    int lacking(int rows) {
        int last = this.ends.isEmpty() ? 0 : this.ends.lastEntry().getValue();
        return Math.max(0, last + rows - this.size);
    }

    /** Adds rows behind the end. */
    void grow(int rows) {
        this.size += rows;
    }

    /** Gives back all but the first rows of a region, named by its first row. */
    void trim(int first, int rows) {
        this.ends.computeIfPresent(first, (start, end) -> Math.min(end, start + rows));
    }

    /** Gives back a region, named by its first row. */
    void give(int first) {
        this.ends.remove(first);
    }

}
