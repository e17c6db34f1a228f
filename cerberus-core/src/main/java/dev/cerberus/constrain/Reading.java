package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.List;

/**
 * All the ways in which the text so far can be read, each in the middle of one piece.
 * Immutable.
 */
/*
 * Of readings that differ in their stacks only there could be exponentially many, for
 * schemas that nest alternatives which look alike. Every single reading can be brought to
 * an end, so leaving some out forbids texts but allows none that is wrong.
 */
final class Reading {

    private static final int MOST = 1024;

    /**
     * One way to read the text.
     *
     * @param piece the piece that it is in
     * @param state how far the piece has been read
     * @param rest what follows the piece
     */
    record Way(Symbol.Piece piece, int state, Stack rest) {
    }

    /** What is left after a byte that is not allowed. */
    static final Reading NOTHING = new Reading(List.of(), false);

    private final List<Way> ways;

    private final boolean mayEnd;

    private final int hash;

    private Reading(List<Way> ways, boolean mayEnd) {
        this.ways = ways;
        this.mayEnd = mayEnd;
        int sum = mayEnd ? 1 : 0;
        for (Way way : ways) {
            sum += 31 * (31 * System.identityHashCode(way.piece()) + way.state()) + way.rest().hashCode();
        }
        this.hash = sum;
    }

    /** Returns the beginning of a grammar. */
    static Reading of(Symbol root) {
        return of(Stack.EMPTY.push(root));
    }

    /** Returns what can be read when these parts are what is left. */
    static Reading of(Stack rest) {
        Builder builder = new Builder();
        builder.expand(rest);
        return builder.build();
    }

    List<Way> ways() {
        return this.ways;
    }

    /** Returns whether all that must be read has been. */
    boolean mayEnd() {
        return this.mayEnd;
    }

    /** Returns whether nothing may follow. */
    boolean isEmpty() {
        return this.ways.isEmpty();
    }

    /** Returns whether the text so far is allowed. */
    boolean isPossible() {
        return this.mayEnd || !this.ways.isEmpty();
    }

    /** Returns whether tokens without text may stand here. */
    boolean isFreeText() {
        for (Way way : this.ways) {
            if (way.piece().automaton().isFreeText()) {
                return true;
            }
        }
        return false;
    }

    /** Returns what is left after a byte; without any way if it is not allowed. */
    Reading after(int symbol) {
        Builder builder = new Builder();
        for (int i = 0; i < this.ways.size(); i++) {
            Way way = this.ways.get(i);
            ByteAutomaton automaton = way.piece().automaton();
            int next = automaton.next(way.state(), symbol);
            if (next < 0) {
                continue;
            }
            if (!automaton.isLast(next)) {
                builder.add(new Way(way.piece(), next, way.rest()));
            }
            int label = automaton.label(next);
            if (label >= 0) {
                builder.expand(way.rest().pushAll(way.piece().after(label)));
            }
        }
        return builder.build();
    }

    /** Returns the only byte that can be next, or {@link ByteAutomaton#NONE}. */
    int onlyByte() {
        if (this.mayEnd || this.ways.isEmpty()) {
            return ByteAutomaton.NONE;
        }
        int only = ByteAutomaton.NONE;
        for (Way way : this.ways) {
            for (int b = 0; b < 256; b++) {
                if (b != only && way.piece().automaton().next(way.state(), b) >= 0) {
                    if (only >= 0) {
                        return ByteAutomaton.NONE;
                    }
                    only = b;
                }
            }
        }
        return only;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Reading its && its.hash == this.hash && its.mayEnd == this.mayEnd
                && its.ways.size() == this.ways.size() && its.ways.containsAll(this.ways);
    }

    @Override
    public int hashCode() {
        return this.hash;
    }

    private static final class Builder {

        private final List<Way> ways = new ArrayList<>(4);

        private boolean mayEnd;

        void add(Way way) {
            if (this.ways.size() < MOST && !this.ways.contains(way)) {
                this.ways.add(way);
                this.mayEnd |= way.piece().automaton().isOpen() && way.rest().isEmpty();
            }
        }

        void expand(Stack stack) {
            Symbol top = stack.top();
            if (top == null) {
                this.mayEnd = true;
                return;
            }
            for (Symbol.Piece piece : top.pieces()) {
                add(new Way(piece, piece.automaton().start(), stack.rest()));
            }
            for (Symbol[] replacement : top.replacements()) {
                expand(stack.rest().pushAll(replacement));
            }
        }

        Reading build() {
            return new Reading(this.ways, this.mayEnd);
        }

    }

}
