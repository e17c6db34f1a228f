package dev.cerberus.constrain;

import java.util.List;

/**
 * What answers may look like, for any vocabulary. Immutable and thread-safe.
 */
public final class Grammar {

    private final Symbol root;

    Grammar(Symbol root) {
        this.root = root;
    }

    /**
     * Returns the grammar of the texts that a regular expression matches as a whole.
     * @param regex the expression, in the regular part of ECMA-262's syntax
     * @param budget what compiling may take
     * @return the grammar
     * @throws ConstraintException if the expression is none, is not regular, matches
     * nothing, or needs too much
     */
    public static Grammar regex(String regex, CompileBudget budget) {
        CharacterAutomaton automaton = RegexNfa.compile(RegexParser.parse(regex), false,
                "the regular expression '" + regex + "'", budget);
        if (automaton.isEmpty()) {
            throw new ConstraintException("the regular expression '" + regex + "' matches no text; change it");
        }
        return new Grammar(new Symbols.Terminal(ByteCompiler.utf8(automaton, budget)));
    }

    /**
     * Returns the grammar of one fixed text.
     * @param text the text, not empty
     * @return the grammar
     */
    public static Grammar literal(String text) {
        return new Grammar(Symbols.literal(text));
    }

    /**
     * Returns the grammar of texts one after the other.
     * @param parts the grammars of the texts, in order
     * @return the grammar
     */
    public static Grammar sequence(Grammar... parts) {
        return new Grammar(new Symbols.Choice().or(roots(List.of(parts))));
    }

    /**
     * Returns the grammar of texts of any of several kinds.
     * @param options the grammars of the kinds, at least one
     * @return the grammar
     */
    public static Grammar choice(List<Grammar> options) {
        if (options.isEmpty()) {
            throw new IllegalArgumentException("a choice needs at least one option");
        }
        Symbols.Choice choice = new Symbols.Choice();
        options.forEach((option) -> choice.or(option.root));
        return new Grammar(choice);
    }

    /**
     * Returns the grammar of a text that may be left out.
     * @param part the grammar of the text
     * @return the grammar
     */
    public static Grammar optional(Grammar part) {
        return new Grammar(new Symbols.Choice().or(part.root).or());
    }

    /**
     * Returns the grammar of one text or several.
     * @param element the grammar of one
     * @param separator what stands between two
     * @return the grammar
     */
    public static Grammar list(Grammar element, String separator) {
        Symbols.Choice more = new Symbols.Choice();
        more.or(Symbols.literal(separator), element.root, more).or();
        return new Grammar(new Symbols.Choice().or(element.root, more));
    }

    /**
     * Returns the grammar of any text in which something fixed follows a marker, each
     * time that the marker is written.
     * @param marker the marker, not empty
     * @param after the grammar of what follows
     * @return the grammar, of which no other can follow
     */
    public static Grammar text(String marker, Grammar after) {
        Symbols.Choice text = new Symbols.Choice();
        FreeText free = new FreeText(new MarkedText(marker), after.root, text);
        return new Grammar(text.or(free));
    }

    private static Symbol[] roots(List<Grammar> grammars) {
        return grammars.stream().map((grammar) -> grammar.root).toArray(Symbol[]::new);
    }

    Symbol root() {
        return this.root;
    }

    private static final class FreeText extends Symbol {

        private final List<Piece> pieces;

        FreeText(ByteAutomaton automaton, Symbol after, Symbol again) {
            this.pieces = List.of(new Symbols.Then(automaton, after, again));
        }

        @Override
        List<Piece> pieces() {
            return this.pieces;
        }

    }

}
