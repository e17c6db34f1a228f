package dev.cerberus.constrain;

import java.util.List;

/**
 * A part of a grammar: pieces of text that can be read now, each with what follows it,
 * and other parts that can stand in its place. Thread-safe, and what it returns never
 * changes.
 */
/*
 * Parts are compared by identity. Whoever makes them returns the same one for the same
 * state, or states of the grammar would never be recognized again.
 */
abstract class Symbol {

    static final Symbol[] NOTHING = {};

    /** What can be read now. */
    List<Piece> pieces() {
        return List.of();
    }

    /**
     * What can be read now on the shortest ways to an end; all that can, where it is not
     * known better.
     */
    List<Piece> shortestPieces() {
        return pieces();
    }

    /** What it can be replaced by, nothing read; an empty array lets it be left out. */
    List<Symbol[]> replacements() {
        return List.of();
    }

    /** A piece of text that can be read, compared by identity. */
    abstract static class Piece {

        private final ByteAutomaton automaton;

        Piece(ByteAutomaton automaton) {
            this.automaton = automaton;
        }

        ByteAutomaton automaton() {
            return this.automaton;
        }

        /** Returns what follows a piece that ends with a label, first to last. */
        abstract Symbol[] after(int label);

    }

}
