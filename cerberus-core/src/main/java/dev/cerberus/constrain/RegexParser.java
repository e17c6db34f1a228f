package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A parser of the regular part of ECMA-262's regular expressions, as JSON Schema uses
 * them: no look-around, no references back, no word boundaries. Not thread-safe.
 */
final class RegexParser {

    private static final int LONGEST_SHOWN = 200;

    private static final int MAX_COUNT = 5_000;

    private static final int MAX_DEPTH = 200;

    private static final CodePoints DIGITS = CodePoints.of('0', '9');

    private static final CodePoints HYPHEN = CodePoints.of('-', '-');

    private static final CodePoints WORD = CodePoints.of('0', '9', 'A', 'Z', 'a', 'z', '_', '_');

    static final CodePoints SPACE = CodePoints.of(9, 13, 32, 32, 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028,
            0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF);

    private static final CodePoints LINE_ENDS = CodePoints.of('\n', '\n', '\r', '\r', 0x2028, 0x2029);

    private final String source;

    private final int[] text;

    private int at;

    private int depth;

    private int states; // that it has at least

    private final CompileBudget budget;

    private final Map<String, CodePoints> properties = new HashMap<>();

    private RegexParser(String source, CompileBudget budget) {
        this.source = source;
        this.budget = budget;
        this.text = source.codePoints().toArray();
    }

    static Regex parse(String source, CompileBudget budget) {
        RegexParser parser = new RegexParser(source, budget);
        Regex regex = parser.choice();
        if (parser.at < parser.text.length) {
            throw parser.refuse("has a ')' without '('");
        }
        return regex;
    }

    /** Returns how messages name an expression: with its beginning, where it is long. */
    static String named(String source) {
        String shown = (source.length() <= LONGEST_SHOWN) ? source : source.substring(0, LONGEST_SHOWN) + "…";
        return "the regular expression '" + shown + "'";
    }

    private ConstraintException refuse(String problem) {
        return new ConstraintException(named(this.source) + " " + problem + " at character "
                + Math.min(this.at, this.text.length) + "; only regular constructs of ECMA-262 can be enforced");
    }

    private boolean more() {
        return this.at < this.text.length;
    }

    private boolean looking(String ahead) {
        if (this.at + ahead.length() > this.text.length) {
            return false;
        }
        for (int i = 0; i < ahead.length(); i++) {
            if (this.text[this.at + i] != ahead.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean take(String ahead) {
        boolean found = looking(ahead);
        this.at += found ? ahead.length() : 0;
        return found;
    }

    private Regex choice() {
        if (++this.depth > MAX_DEPTH) {
            throw refuse("is nested deeper than " + MAX_DEPTH + " groups");
        }
        List<Regex> options = new ArrayList<>();
        options.add(sequence());
        while (take("|")) {
            needState();
            options.add(sequence());
        }
        this.depth--;
        return (options.size() == 1) ? options.get(0) : new Regex.Choice(options);
    }

    /** Refuses what has too many states of its own before it is read to its end. */
    private void needState() {
        this.budget.requireStates(++this.states, named(this.source));
    }

    private Regex sequence() {
        List<Regex> parts = new ArrayList<>();
        while (more() && !looking("|") && !looking(")")) {
            parts.add(quantified(atom()));
            if (parts.size() > 1) {
                needState();
            }
        }
        return (parts.size() == 1) ? parts.get(0) : new Regex.Sequence(parts);
    }

    private Regex quantified(Regex part) {
        int least;
        int most;
        int start = this.at;
        if (take("*")) {
            least = 0;
            most = Regex.Repeat.UNLIMITED;
        }
        else if (take("+")) {
            least = 1;
            most = Regex.Repeat.UNLIMITED;
        }
        else if (take("?")) {
            least = 0;
            most = 1;
        }
        else if (looking("{") && this.at + 1 < this.text.length && DIGITS.contains(this.text[this.at + 1])) {
            this.at++;
            least = number();
            most = least;
            if (take(",")) {
                most = looking("}") ? Regex.Repeat.UNLIMITED : number();
            }
            if (!take("}") || most < least) {
                this.at = start;
                throw refuse("has a quantifier that is not {n}, {n,} or {n,m}");
            }
        }
        else {
            return part;
        }
        if (part instanceof Regex.Begin || part instanceof Regex.End) {
            throw refuse("repeats an anchor");
        }
        take("?"); // lazy or greedy: the language is the same
        if (looking("*") || looking("+") || looking("?")) {
            throw refuse("repeats a quantifier");
        }
        return new Regex.Repeat(part, least, most);
    }

    private int number() {
        int start = this.at;
        long value = 0;
        while (more() && DIGITS.contains(this.text[this.at])) {
            value = Math.min(Integer.MAX_VALUE, 10 * value + this.text[this.at++] - '0');
        }
        if (start == this.at) {
            throw refuse("lacks a number");
        }
        if (value > MAX_COUNT) {
            throw refuse("repeats more than " + MAX_COUNT + " times");
        }
        return (int) value;
    }

    private Regex atom() {
        int c = this.text[this.at];
        switch (c) {
            case '^' -> {
                this.at++;
                return new Regex.Begin();
            }
            case '$' -> {
                this.at++;
                return new Regex.End();
            }
            case '(' -> {
                return group();
            }
            case '[' -> {
                this.at++;
                return new Regex.Characters(characterClass());
            }
            case '.' -> {
                this.at++;
                return new Regex.Characters(LINE_ENDS.not());
            }
            case '\\' -> {
                this.at++;
                return new Regex.Characters(escape(false));
            }
            case '*', '+', '?' -> throw refuse("has a quantifier with nothing before it");
            default -> {
                this.at++;
                return new Regex.Characters(CodePoints.of(c, c).and(CodePoints.ALL));
            }
        }
    }

    private Regex group() {
        if (looking("(?=") || looking("(?!") || looking("(?<=") || looking("(?<!")) {
            throw refuse("has a look-around");
        }
        if (take("(?<")) {
            while (more() && !looking(">")) {
                this.at++;
            }
            this.at++;
        }
        else if (!take("(?:")) {
            this.at++;
            if (looking("?")) {
                throw refuse("has a group of an unknown kind");
            }
        }
        Regex inner = choice();
        if (!take(")")) {
            throw refuse("lacks a ')'");
        }
        return inner;
    }

    private CodePoints characterClass() {
        boolean negated = take("^");
        CodePoints.Union set = new CodePoints.Union(this.budget);
        while (!looking("]")) {
            if (!more()) {
                throw refuse("lacks a ']'");
            }
            CodePoints from = classAtom();
            if (looking("-") && !looking("-]")) {
                this.at++;
                if (!more()) {
                    throw refuse("lacks a ']'");
                }
                CodePoints to = classAtom();
                if (isSeveral(from) || isSeveral(to)) { // as in [\w-.], which is no range
                    set.add(from);
                    set.add(HYPHEN);
                    set.add(to);
                    continue;
                }
                if (!single(from) || !single(to) || from.first(0) > to.first(0)) {
                    throw refuse("has a range that is no range");
                }
                from = CodePoints.of(from.first(0), to.first(0)).and(CodePoints.ALL);
            }
            set.add(from);
        }
        this.at++;
        return negated ? set.all().not() : set.all();
    }

    private static boolean isSeveral(CodePoints set) {
        return set.size() > 1 || (set.size() == 1 && set.first(0) < set.last(0));
    }

    private static boolean single(CodePoints set) {
        return set.size() == 1 && set.first(0) == set.last(0);
    }

    private CodePoints classAtom() {
        if (take("\\")) {
            return escape(true);
        }
        int c = this.text[this.at++];
        return CodePoints.of(c, c).and(CodePoints.ALL);
    }

    private CodePoints escape(boolean inClass) {
        if (!more()) {
            throw refuse("ends with a '\\'");
        }
        int c = this.text[this.at++];
        switch (c) {
            case 'd' -> {
                return DIGITS;
            }
            case 'D' -> {
                return DIGITS.not();
            }
            case 'w' -> {
                return WORD;
            }
            case 'W' -> {
                return WORD.not();
            }
            case 's' -> {
                return SPACE;
            }
            case 'S' -> {
                return SPACE.not();
            }
            case 'p', 'P' -> {
                String name = propertyName();
                return this.properties.computeIfAbsent((char) c + name,
                        (unknown) -> (c == 'P') ? property(name).not() : property(name));
            }
            case 'b' -> {
                if (inClass) {
                    return CodePoints.of('\b', '\b');
                }
                throw refuse("has a word boundary");
            }
            case 'B' -> throw refuse("has a word boundary");
            default -> {
                int value = character(c);
                return CodePoints.of(value, value).and(CodePoints.ALL);
            }
        }
    }

    private int character(int c) {
        return switch (c) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'v' -> 0x0B;
            case '0' -> {
                if (more() && DIGITS.contains(this.text[this.at])) {
                    throw refuse("has an octal escape");
                }
                yield 0;
            }
            case 'c' -> {
                int letter = more() ? this.text[this.at++] : 0;
                if (!(letter >= 'a' && letter <= 'z') && !(letter >= 'A' && letter <= 'Z')) {
                    throw refuse("has an unknown control character");
                }
                yield letter % 32;
            }
            case 'x' -> hex(2);
            case 'u' -> unicode();
            default -> {
                if ((c >= '1' && c <= '9') || c == 'k') {
                    throw refuse("refers back to a group");
                }
                if (WORD.contains(c)) {
                    throw refuse("has the unknown escape \\" + Character.toString(c));
                }
                yield c;
            }
        };
    }

    private int unicode() {
        if (take("{")) {
            int start = this.at;
            while (more() && !looking("}")) {
                this.at++;
            }
            int length = this.at - start;
            this.at = start;
            int value = (length >= 1 && length <= 6) ? hex(length) : -1;
            if (value < 0 || value > CodePoints.MAX || !take("}")) {
                throw refuse("has an unknown character");
            }
            return value;
        }
        int value = hex(4);
        if (Character.isHighSurrogate((char) value) && looking("\\u")) {
            this.at += 2;
            int low = hex(4);
            if (!Character.isLowSurrogate((char) low)) {
                throw refuse("has half a surrogate pair");
            }
            return Character.toCodePoint((char) value, (char) low);
        }
        return value;
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = more() ? Character.digit(this.text[this.at], 16) : -1;
            if (digit < 0) {
                throw refuse("has an escape that lacks hexadecimal digits");
            }
            value = 16 * value + digit;
            this.at++;
        }
        return value;
    }

    private String propertyName() {
        StringBuilder name = new StringBuilder();
        if (!take("{")) {
            throw refuse("has a property without name");
        }
        while (more() && !looking("}")) {
            name.appendCodePoint(this.text[this.at++]);
        }
        if (!take("}")) {
            throw refuse("has a property without name");
        }
        return name.toString();
    }

    private CodePoints property(String name) {
        try {
            return UnicodeProperties.named(name);
        }
        catch (IllegalArgumentException ex) {
            throw refuse(String.valueOf(ex.getMessage()));
        }
    }

}
