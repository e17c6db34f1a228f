package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A deterministic automaton over characters, none of whose states is a dead end.
 * Immutable and thread-safe.
 */
final class CharacterAutomaton {

    /** Stands for the state from which nothing is accepted. */
    static final int NOWHERE = -1;

    private final int[][] from; // [states][ranges], ascending

    private final int[][] to;

    private final int[][] target;

    private final boolean[] accepting;

    private CharacterAutomaton(int[][] from, int[][] to, int[][] target, boolean[] accepting) {
        this.from = from;
        this.to = to;
        this.target = target;
        this.accepting = accepting;
    }

    /** The ways on from one state, ascending. */
    static final class Row {

        private int[] from = new int[4];

        private int[] to = new int[4];

        private int[] target = new int[4];

        private int size;

        void add(int first, int last, int next) {
            if (this.size > 0 && this.to[this.size - 1] == first - 1 && this.target[this.size - 1] == next) {
                this.to[this.size - 1] = last;
                return;
            }
            if (this.size == this.from.length) {
                this.from = Arrays.copyOf(this.from, 2 * this.size);
                this.to = Arrays.copyOf(this.to, 2 * this.size);
                this.target = Arrays.copyOf(this.target, 2 * this.size);
            }
            this.from[this.size] = first;
            this.to[this.size] = last;
            this.target[this.size++] = next;
        }

    }

    static CharacterAutomaton of(List<Row> rows, List<Boolean> accepting, CompileBudget budget) {
        int n = rows.size();
        budget.requireStates(n, "the constraint");
        int[][] from = new int[n][];
        int[][] to = new int[n][];
        int[][] target = new int[n][];
        boolean[] ends = new boolean[n];
        for (int i = 0; i < n; i++) {
            Row row = rows.get(i);
            from[i] = Arrays.copyOf(row.from, row.size);
            to[i] = Arrays.copyOf(row.to, row.size);
            target[i] = Arrays.copyOf(row.target, row.size);
            ends[i] = accepting.get(i);
        }
        return new CharacterAutomaton(from, to, target, ends);
    }

    /** Returns the automaton of all texts of some characters. */
    static CharacterAutomaton all(CodePoints set) {
        Row row = new Row();
        for (int r = 0; r < set.size(); r++) {
            row.add(set.first(r), set.last(r), 0);
        }
        return of(List.of(row), List.of(true), new CompileBudget());
    }

    /** Returns the automaton of some texts. */
    static CharacterAutomaton texts(Iterable<String> texts, CompileBudget budget) {
        List<Map<Integer, Integer>> children = new ArrayList<>();
        List<Boolean> accepting = new ArrayList<>();
        children.add(new HashMap<>());
        accepting.add(false);
        for (String text : texts) {
            int at = 0;
            for (int c : text.codePoints().toArray()) {
                budget.spend();
                Integer next = children.get(at).get(c);
                if (next == null) {
                    next = children.size();
                    children.get(at).put(c, next);
                    children.add(new HashMap<>(2));
                    accepting.add(false);
                }
                at = next;
            }
            accepting.set(at, true);
        }
        List<Row> rows = new ArrayList<>();
        for (Map<Integer, Integer> child : children) {
            Row row = new Row();
            child.entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach((edge) -> row.add(edge.getKey(), edge.getKey(), edge.getValue()));
            rows.add(row);
        }
        int n = rows.size();
        budget.requireStates(n, "the set of names");
        return of(rows, accepting, budget).trimmed();
    }

    /** Returns the texts whose length in characters lies within bounds. */
    static CharacterAutomaton lengths(int least, int most, CompileBudget budget) {
        boolean open = most == Integer.MAX_VALUE;
        int last = open ? least : most;
        budget.requireStates(last, "the length of a text");
        List<Row> rows = new ArrayList<>();
        List<Boolean> accepting = new ArrayList<>();
        for (int i = 0; i <= last; i++) {
            Row row = new Row();
            if (i < last || open) {
                for (int r = 0; r < CodePoints.ALL.size(); r++) {
                    row.add(CodePoints.ALL.first(r), CodePoints.ALL.last(r), Math.min(i + 1, last));
                }
            }
            rows.add(row);
            accepting.add(i >= least);
        }
        return of(rows, accepting, budget);
    }

    int states() {
        return this.from.length;
    }

    boolean isEmpty() {
        return states() == 0;
    }

    boolean accepts(int state) {
        return this.accepting[state];
    }

    int ways(int state) {
        return this.from[state].length;
    }

    int first(int state, int way) {
        return this.from[state][way];
    }

    int last(int state, int way) {
        return this.to[state][way];
    }

    int target(int state, int way) {
        return this.target[state][way];
    }

    /** Returns the state after a character, {@link #NOWHERE} if there is none. */
    int next(int state, int character) {
        int way = wayAt(state, character);
        return (way >= 0) ? this.target[state][way] : NOWHERE;
    }

    /** Returns the range that holds a character, or a negative number. */
    int wayAt(int state, int character) {
        int at = Arrays.binarySearch(this.from[state], character);
        int way = (at >= 0) ? at : -at - 2;
        return (way >= 0 && character <= this.to[state][way]) ? way : NOWHERE;
    }

    boolean matches(String text) {
        int state = isEmpty() ? NOWHERE : 0;
        int[] characters = text.codePoints().toArray();
        for (int i = 0; i < characters.length && state >= 0; i++) {
            state = next(state, characters[i]);
        }
        return state >= 0 && this.accepting[state];
    }

    /** Returns the texts that both accept. */
    CharacterAutomaton and(CharacterAutomaton other, CompileBudget budget) {
        return combined(other, false, budget);
    }

    /** Returns the texts that this accepts and the other does not. */
    CharacterAutomaton minus(CharacterAutomaton other, CompileBudget budget) {
        return combined(other, true, budget);
    }

    private CharacterAutomaton combined(CharacterAutomaton other, boolean minus, CompileBudget budget) {
        if (isEmpty() || other.isEmpty()) {
            return (minus || isEmpty()) ? this : other;
        }
        Map<Long, Integer> ids = new HashMap<>();
        List<long[]> pairs = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        List<Boolean> ends = new ArrayList<>();
        pairs.add(new long[] { 0, 0 });
        ids.put(key(0, 0), 0);
        for (int i = 0; i < pairs.size(); i++) {
            budget.requireStates(pairs.size(), "a combination of patterns and lengths");
            int mine = (int) pairs.get(i)[0];
            int its = (int) pairs.get(i)[1];
            Row row = new Row();
            for (int way = 0; way < ways(mine); way++) {
                int at = first(mine, way);
                while (at <= last(mine, way)) {
                    budget.spend();
                    int[] piece = (its >= 0) ? other.piece(its, at, last(mine, way))
                            : new int[] { last(mine, way), NOWHERE };
                    if (minus || piece[1] >= 0) {
                        long key = key(target(mine, way), piece[1]);
                        Integer id = ids.get(key);
                        if (id == null) {
                            id = pairs.size();
                            ids.put(key, id);
                            pairs.add(new long[] { target(mine, way), piece[1] });
                        }
                        row.add(at, piece[0], id);
                    }
                    at = piece[0] + 1;
                }
            }
            rows.add(row);
            boolean itsEnd = its >= 0 && other.accepts(its);
            ends.add(accepts(mine) && (minus != itsEnd));
        }
        return of(rows, ends, budget).trimmed();
    }

    private static long key(int mine, int its) {
        return ((long) mine << 32) | (its & 0xFFFFFFFFL);
    }

    /** Returns up to where, and whereto, all characters from one on lead alike. */
    private int[] piece(int state, int from, int limit) {
        int way = wayAt(state, from);
        if (way >= 0) {
            return new int[] { Math.min(limit, this.to[state][way]), this.target[state][way] };
        }
        int at = -Arrays.binarySearch(this.from[state], from) - 1;
        return new int[] { (at < ways(state)) ? Math.min(limit, this.from[state][at] - 1) : limit, NOWHERE };
    }

    /** Returns this automaton without the states from which no end is reached. */
    CharacterAutomaton trimmed() {
        int n = states();
        List<List<Integer>> before = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            before.add(new ArrayList<>());
        }
        for (int i = 0; i < n; i++) {
            for (int next : this.target[i]) {
                before.get(next).add(i);
            }
        }
        boolean[] live = new boolean[n];
        List<Integer> todo = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (this.accepting[i]) {
                live[i] = true;
                todo.add(i);
            }
        }
        for (int i = 0; i < todo.size(); i++) {
            for (int state : before.get(todo.get(i))) {
                if (!live[state]) {
                    live[state] = true;
                    todo.add(state);
                }
            }
        }
        if (n == 0 || !live[0]) {
            return new CharacterAutomaton(new int[0][], new int[0][], new int[0][], new boolean[0]);
        }
        return (todo.size() == n) ? this : without(live);
    }

    private CharacterAutomaton without(boolean[] live) {
        int[] number = new int[states()];
        int count = 0;
        for (int i = 0; i < number.length; i++) {
            number[i] = live[i] ? count++ : NOWHERE;
        }
        List<Row> rows = new ArrayList<>();
        List<Boolean> ends = new ArrayList<>();
        for (int i = 0; i < number.length; i++) {
            if (live[i]) {
                Row row = new Row();
                for (int way = 0; way < ways(i); way++) {
                    if (live[target(i, way)]) {
                        row.add(first(i, way), last(i, way), number[target(i, way)]);
                    }
                }
                rows.add(row);
                ends.add(this.accepting[i]);
            }
        }
        return of(rows, ends, new CompileBudget());
    }

}
