package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.List;

/**
 * The parts that all grammars are made of.
 */
final class Symbols {

    private Symbols() {
    }

    /** A piece after which always the same follows. */
    static final class Then extends Symbol.Piece {

        private final Symbol[] after;

        Then(ByteAutomaton automaton, Symbol... after) {
            super(automaton);
            this.after = after;
        }

        @Override
        Symbol[] after(int label) {
            return this.after;
        }

    }

    /** A part that is one piece of text. */
    static final class Terminal extends Symbol {

        private final List<Piece> pieces;

        private final List<Symbol[]> replacements;

        Terminal(ByteAutomaton automaton) {
            this.pieces = List.of(new Then(automaton));
            this.replacements = (automaton.label(automaton.start()) >= 0) ? List.<Symbol[]>of(NOTHING) : List.of();
        }

        @Override
        List<Piece> pieces() {
            return this.pieces;
        }

        @Override
        List<Symbol[]> replacements() {
            return this.replacements;
        }

    }

    /**
     * A part that is one of several sequences; they may be added later, for recursion.
     */
    static final class Choice extends Symbol {

        private final List<Symbol[]> options = new ArrayList<>();

        Choice or(Symbol... sequence) {
            this.options.add(sequence);
            return this;
        }

        @Override
        List<Symbol[]> replacements() {
            return this.options;
        }

    }

    static Symbol literal(String text) {
        return new Terminal(new LiteralSet(List.of(text)));
    }

}
