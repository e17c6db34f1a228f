package dev.cerberus.constrain;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
        CharacterAutomaton automaton = RegexNfa.compile(RegexParser.parse(regex, budget), false,
                RegexParser.named(regex), budget);
        if (automaton.isEmpty()) {
            throw new ConstraintException(RegexParser.named(regex) + " matches no text; change it");
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
     * Returns the grammar of one fixed text in which special tokens may stand.
     * @param text the text
     * @param marks texts of tokens that are written as such where they occur
     * @return the grammar
     * @see TokenVocabulary#TokenVocabulary(byte[][], Set, Map)
     */
    public static Grammar literal(String text, Collection<String> marks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < text.length();) {
            int from = at;
            String mark = marks.stream()
                .filter((each) -> !each.isEmpty() && text.startsWith(each, from))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
            if (!mark.isEmpty()) {
                bytes.write(TokenVocabulary.MARK);
            }
            int end = mark.isEmpty() ? text.offsetByCodePoints(at, 1) : at + mark.length();
            bytes.writeBytes(text.substring(at, end).getBytes(StandardCharsets.UTF_8));
            at = end;
        }
        return (bytes.size() == 0) ? sequence()
                : new Grammar(new Symbols.Terminal(new FixedBytes(bytes.toByteArray())));
    }

    /**
     * Returns the grammar of any text up to a marker, marker included.
     * @param marker the marker, not empty
     * @param free whether tokens without text may stand in it
     * @return the grammar
     */
    public static Grammar upTo(String marker, boolean free) {
        return new Grammar(new Symbols.Terminal(new MarkedText(marker, free, false)));
    }

    /**
     * Returns the grammar of any text that does not begin with a bracket of JSON.
     * @return the grammar, of which no other can follow
     */
    public static Grammar textWithoutBracket() {
        return new Grammar(new Symbols.Terminal(new OpenText()));
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
    public static Grammar list(Grammar element, Grammar separator) {
        Symbols.Choice more = new Symbols.Choice();
        more.or(separator.root, element.root, more).or();
        return new Grammar(new Symbols.Choice().or(element.root, more));
    }

    /**
     * Returns the grammar of any text in which something fixed follows a marker, each
     * time that the marker is written.
     * @param marker the marker, not empty
     * @param after the grammar of what follows
     * @param again whether text may follow that
     * @return the grammar, of which no other can follow
     */
    public static Grammar text(String marker, Grammar after, boolean again) {
        MarkedText free = new MarkedText(marker, true, true);
        Symbols.Choice text = new Symbols.Choice();
        return new Grammar(text.or(again ? new FreeText(free, after.root, text) : new FreeText(free, after.root)));
    }

    private static Symbol[] roots(List<Grammar> grammars) {
        return grammars.stream().map((grammar) -> grammar.root).toArray(Symbol[]::new);
    }

    Symbol root() {
        return this.root;
    }

    private static final class FreeText extends Symbol {

        private final List<Piece> pieces;

        FreeText(ByteAutomaton automaton, Symbol... after) {
            this.pieces = List.of(new Symbols.Then(automaton, after));
        }

        @Override
        List<Piece> pieces() {
            return this.pieces;
        }

    }

}
