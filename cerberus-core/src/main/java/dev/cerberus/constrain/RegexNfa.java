package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A nondeterministic automaton of a regular expression, on its way to a deterministic
 * one. Confined to the thread that compiles.
 */
/*
 * Thompson's construction. Anchors are edges without a character that may be taken only
 * where the text begins, or when it is asked whether the text may end: the set of states
 * at the beginning is closed over the one kind, and the test of acceptance over the
 * other, which is exact wherever they stand.
 */
final class RegexNfa {

    private enum Edge {

        FREE, BEGIN, END

    }

    private record Jump(Edge kind, int target) {
    }

    private record Move(CodePoints set, int target) {
    }

    private final List<List<Jump>> jumps = new ArrayList<>();

    private final List<List<Move>> moves = new ArrayList<>();

    private final CompileBudget budget;

    private final String name;

    private RegexNfa(CompileBudget budget, String name) {
        this.budget = budget;
        this.name = name;
    }

    /**
     * Returns the texts that a regular expression describes.
     * @param regex the expression
     * @param search whether it may match anywhere in the text, as in JSON Schema
     * @param name what messages call it
     * @param budget what it may take
     */
    static CharacterAutomaton compile(Regex regex, boolean search, String name, CompileBudget budget) {
        RegexNfa nfa = new RegexNfa(budget, name);
        int start = nfa.state();
        int end = nfa.state();
        int from = start;
        int to = end;
        if (search) {
            from = nfa.state();
            to = nfa.state();
            nfa.moves.get(start).add(new Move(CodePoints.ALL, start));
            nfa.jumps.get(start).add(new Jump(Edge.FREE, from));
            nfa.jumps.get(to).add(new Jump(Edge.FREE, end));
            nfa.moves.get(end).add(new Move(CodePoints.ALL, end));
        }
        nfa.add(regex, from, to);
        return nfa.determinize(start, end);
    }

    private int state() {
        this.budget.requireStates(this.jumps.size(), this.name);
        this.jumps.add(new ArrayList<>(2));
        this.moves.add(new ArrayList<>(1));
        return this.jumps.size() - 1;
    }

    private void jump(int from, int to) {
        this.jumps.get(from).add(new Jump(Edge.FREE, to));
    }

    private void add(Regex regex, int from, int to) {
        if (regex instanceof Regex.Characters characters) {
            this.moves.get(from).add(new Move(characters.set(), to));
        }
        else if (regex instanceof Regex.Begin) {
            this.jumps.get(from).add(new Jump(Edge.BEGIN, to));
        }
        else if (regex instanceof Regex.End) {
            this.jumps.get(from).add(new Jump(Edge.END, to));
        }
        else if (regex instanceof Regex.Sequence sequence) {
            int at = from;
            for (Regex part : sequence.parts()) {
                int next = state();
                add(part, at, next);
                at = next;
            }
            jump(at, to);
        }
        else if (regex instanceof Regex.Choice choice) {
            for (Regex option : choice.options()) {
                int in = state();
                int out = state();
                jump(from, in);
                jump(out, to);
                add(option, in, out);
            }
        }
        else if (regex instanceof Regex.Repeat repeat) {
            repeat(repeat, from, to);
        }
    }

    private void repeat(Regex.Repeat repeat, int from, int to) {
        int at = from;
        for (int i = 0; i < repeat.least(); i++) {
            int next = state();
            add(repeat.part(), at, next);
            at = next;
        }
        if (repeat.most() == Regex.Repeat.UNLIMITED) {
            int loop = state();
            int back = state();
            jump(at, loop);
            jump(back, loop);
            jump(loop, to);
            add(repeat.part(), loop, back);
            return;
        }
        for (int i = repeat.least(); i < repeat.most(); i++) {
            int next = state();
            int skip = state();
            jump(at, to);
            jump(at, skip);
            add(repeat.part(), skip, next);
            at = next;
        }
        jump(at, to);
    }

    private CharacterAutomaton determinize(int start, int end) {
        Map<BitSet, Integer> ids = new HashMap<>();
        List<BitSet> sets = new ArrayList<>();
        List<CharacterAutomaton.Row> rows = new ArrayList<>();
        List<Boolean> accepting = new ArrayList<>();
        BitSet first = new BitSet();
        first.set(start);
        BitSet closed = closed(first, true, false);
        // The beginning is a state of its own: its anchors hold nowhere else.
        sets.add(closed);
        accepting.add(closed(closed, true, true).get(end));
        for (int i = 0; i < sets.size(); i++) {
            this.budget.requireStates(sets.size(), this.name);
            SortedMap<Integer, BitSet> pieces = pieces(sets.get(i));
            CharacterAutomaton.Row row = new CharacterAutomaton.Row();
            Integer from = null;
            BitSet targets = new BitSet();
            for (Map.Entry<Integer, BitSet> piece : pieces.entrySet()) {
                if (from != null && !targets.isEmpty()) {
                    BitSet reached = closed(targets, false, false);
                    Integer id = ids.get(reached);
                    if (id == null) {
                        id = sets.size();
                        ids.put(reached, id);
                        sets.add(reached);
                        accepting.add(closed(reached, false, true).get(end));
                    }
                    row.add(from, piece.getKey() - 1, id);
                }
                from = piece.getKey();
                targets = piece.getValue();
            }
            rows.add(row);
        }
        return CharacterAutomaton.of(rows, accepting, this.budget).trimmed();
    }

    /**
     * Returns, for every character where a range begins or has ended, what it leads to.
     */
    private SortedMap<Integer, BitSet> pieces(BitSet set) {
        SortedMap<Integer, BitSet> pieces = new TreeMap<>();
        List<Move> all = new ArrayList<>();
        for (int state = set.nextSetBit(0); state >= 0; state = set.nextSetBit(state + 1)) {
            all.addAll(this.moves.get(state));
        }
        for (Move move : all) {
            for (int r = 0; r < move.set().size(); r++) {
                pieces.putIfAbsent(move.set().first(r), new BitSet());
                pieces.putIfAbsent(move.set().last(r) + 1, new BitSet());
            }
        }
        for (Move move : all) {
            for (int r = 0; r < move.set().size(); r++) {
                this.budget.spend();
                pieces.subMap(move.set().first(r), move.set().last(r) + 1)
                    .values()
                    .forEach((targets) -> targets.set(move.target()));
            }
        }
        return pieces;
    }

    private BitSet closed(BitSet set, boolean begin, boolean end) {
        BitSet closed = (BitSet) set.clone();
        int[] stack = set.stream().toArray();
        int top = stack.length;
        while (top > 0) {
            this.budget.spend();
            for (Jump jump : this.jumps.get(stack[--top])) {
                boolean open = switch (jump.kind()) {
                    case FREE -> true;
                    case BEGIN -> begin;
                    case END -> end;
                };
                if (open && !closed.get(jump.target())) {
                    closed.set(jump.target());
                    if (top == stack.length) {
                        stack = Arrays.copyOf(stack, 2 * top + 1);
                    }
                    stack[top++] = jump.target();
                }
            }
        }
        return closed;
    }

}
