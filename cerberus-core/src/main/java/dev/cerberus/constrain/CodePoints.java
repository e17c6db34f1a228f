package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of characters (code points without surrogates). Immutable and thread-safe.
 */
final class CodePoints {

    static final int MAX = 0x10FFFF;

    static final CodePoints ALL = new CodePoints(new int[] { 0, 0xD7FF, 0xE000, MAX });

    private final int[] ranges; // first and last of each, ascending, apart

    private CodePoints(int[] ranges) {
        this.ranges = ranges;
    }

    /** Returns a set of ranges: first, last, first, last and so on, in any order. */
    static CodePoints of(int... bounds) {
        List<int[]> list = new ArrayList<>();
        for (int i = 0; i < bounds.length; i += 2) {
            list.add(new int[] { bounds[i], bounds[i + 1] });
        }
        return of(list);
    }

    private static CodePoints of(List<int[]> list) {
        list.sort((a, b) -> Integer.compare(a[0], b[0]));
        int[] merged = new int[2 * list.size()];
        int n = 0;
        for (int[] range : list) {
            if (n > 0 && range[0] <= merged[n - 1] + 1) {
                merged[n - 1] = Math.max(merged[n - 1], range[1]);
            }
            else {
                merged[n++] = range[0];
                merged[n++] = range[1];
            }
        }
        return new CodePoints(Arrays.copyOf(merged, n));
    }

    int size() {
        return this.ranges.length / 2;
    }

    int first(int range) {
        return this.ranges[2 * range];
    }

    int last(int range) {
        return this.ranges[2 * range + 1];
    }

    boolean contains(int codePoint) {
        for (int i = 0; i < this.ranges.length; i += 2) {
            if (codePoint >= this.ranges[i] && codePoint <= this.ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /**
     * All characters of some sets, of which there may be thousands. Not thread-safe.
     */
    static final class Union {

        private static final int FEW = 1024;

        private final CompileBudget budget;

        private final List<int[]> ranges = new ArrayList<>();

        private int apart; // of these ranges, when they were merged last

        Union(CompileBudget budget) {
            this.budget = budget;
        }

        void add(CodePoints set) {
            for (int i = 0; i < set.size(); i++) {
                this.budget.spend();
                this.ranges.add(new int[] { set.first(i), set.last(i) });
            }
            if (this.ranges.size() > FEW + 2 * this.apart) {
                CodePoints merged = all();
                this.apart = merged.size();
                this.ranges.clear();
                add(merged);
            }
        }

        CodePoints all() {
            return of(this.ranges);
        }

    }

    CodePoints and(CodePoints other) {
        List<int[]> list = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < size() && j < other.size()) {
            int from = Math.max(first(i), other.first(j));
            int to = Math.min(last(i), other.last(j));
            if (from <= to) {
                list.add(new int[] { from, to });
            }
            if (last(i) < other.last(j)) {
                i++;
            }
            else {
                j++;
            }
        }
        return of(list);
    }

    CodePoints not() {
        List<int[]> list = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < size(); i++) {
            if (first(i) > from) {
                list.add(new int[] { from, first(i) - 1 });
            }
            from = last(i) + 1;
        }
        if (from <= MAX) {
            list.add(new int[] { from, MAX });
        }
        return of(list).and(ALL);
    }

}
